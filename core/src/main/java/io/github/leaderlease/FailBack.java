package io.github.leaderlease;

import io.github.leaderlease.spi.PresenceStore.Heir;
import io.github.leaderlease.spi.TermKey;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Has leaders that shall fail back hand over to a better candidate, one with a higher priority, once they have seen one present
 * for the time set, without a break. It is the leader itself that ends its term, after its job was asked to stop.
 */
final class FailBack {

    private static final Duration LOOK = Duration.ofSeconds(5);

    /** A better candidate's node, and since when it has been seen during this term. */
    private record Better(TermKey term, String node, long since) {}

    private final PresenceQuestions questions;
    private final Collection<Candidate> candidates;
    private final Runnable changed;
    private final Map<Candidate, Better> better = new HashMap<>();
    private final InFlight underWay = new InFlight();
    private long lookAt;

    /**
     * For all candidates of this process, whoever they are at the time.
     *
     * @param changed has what became due looked for
     */
    FailBack(long now, PresenceQuestions questions, Collection<Candidate> candidates, Runnable changed) {
        this.questions = questions;
        this.candidates = candidates;
        this.changed = changed;
        this.lookAt = now;
    }

    void forget(Candidate candidate) {
        better.remove(candidate);
    }

    /** When to look, at the latest then. */
    long dueAt(long latest) {
        return underWay.busy() || candidates.stream().noneMatch(FailBack::mayFailBack)
                ? latest
                : Monotonic.earlier(latest, lookAt);
    }

    void send(ClockReading now) {
        boolean unused = underWay.lost(now.nanos());
        if (underWay.busy() || lookAt - now.nanos() > 0) {
            return;
        }
        Map<String, Candidate> leading = new HashMap<>();
        Duration next = LOOK;
        for (Candidate candidate : candidates) {
            if (mayFailBack(candidate)) {
                leading.put(candidate.me().election(), candidate);
                next = shorter(next, candidate.me().failBackAfter());
            } else {
                better.remove(candidate);
            }
        }
        if (leading.isEmpty()) {
            return;
        }
        List<String> elections = List.copyOf(leading.keySet());
        lookAt = now.nanos() + next.toNanos();
        underWay.begin(now.nanos(), PresenceQuestions.BOUND);
        questions.ask(presence -> presence.heirs(elections, questions.nodeId(), null), heirs -> {
            underWay.end();
            leading.forEach((election, candidate) ->
                    Defects.guarded(candidate, () -> seen(candidate, heirs.get(election), now.nanos())));
            changed.run();
        });
    }

    private static boolean mayFailBack(Candidate candidate) {
        return candidate.me().failBackAfter() != null
                && candidate.state().role() instanceof Role.Leading leading
                && leading.draining() == null;
    }

    private static Duration shorter(Duration one, @Nullable Duration other) {
        return other == null || one.compareTo(other) <= 0 ? one : other;
    }

    /** Presence that cannot be read shows nobody, and then the time begins anew. */
    private void seen(Candidate candidate, @Nullable Heir heir, long at) {
        Duration after = candidate.me().failBackAfter();
        if (heir == null
                || heir.priority() <= candidate.me().priority()
                || after == null
                || !(candidate.state().role() instanceof Role.Leading leading)) {
            better.remove(candidate);
            return;
        }
        Better known = better.get(candidate);
        if (known == null || !known.term.equals(leading.key()) || !known.node.equals(heir.nodeId())) {
            better.put(candidate, new Better(leading.key(), heir.nodeId(), at));
        } else if (at - known.since >= after.toNanos()) {
            better.remove(candidate);
            long unused = candidate.requests().handOver(heir);
        }
    }
}
