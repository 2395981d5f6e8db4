package io.github.leaderlease;

import io.github.leaderlease.spi.PresenceStore.Heir;
import io.github.leaderlease.spi.TermKey;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Has leaders that shall fail back hand over to a better candidate, one with a higher priority, once they have seen one present
 * for the time set, without a break. It is the leader itself that ends its term, after its job was asked to stop.
 */
final class FailBack {

    private static final Duration LOOK = Duration.ofSeconds(5);
    private static final int MOST_TOGETHER = 500;

    /** A better candidate's node, and since when it has been seen during this term. */
    private record Better(TermKey term, String node, long since) {}

    private final PresenceQuestions questions;
    private final Collection<Candidate> candidates;
    private final Runnable changed;
    private final Map<Candidate, Better> better = new HashMap<>();

    /** Those that are still to be looked at this time. */
    private final Set<Candidate> round = new LinkedHashSet<>();

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

    /** For less a node that has crashed would be taken for present. */
    static Duration check(Duration after) {
        if (after.compareTo(Presence.TTL) < 0 || after.compareTo(Timing.MAX_TTL) > 0) {
            throw new IllegalArgumentException("failBackAfter " + Timing.show(after) + " is out of range: use "
                    + Timing.show(Presence.TTL) + " (a node that has crashed is shown for as long) to "
                    + Timing.show(Timing.MAX_TTL) + " (24 h)");
        }
        return after;
    }

    void forget(Candidate candidate) {
        better.remove(candidate);
        round.remove(candidate);
    }

    /** When to look, at the latest then. */
    long dueAt(long latest) {
        return underWay.busy() || candidates.stream().noneMatch(FailBack::mayFailBack)
                ? latest
                : Monotonic.earlier(latest, lookAt);
    }

    void send(ClockReading now) {
        boolean unused = underWay.lost(now.nanos());
        if (underWay.busy()) {
            return;
        }
        if (round.isEmpty() && lookAt - now.nanos() <= 0) {
            lookAt = now.nanos() + LOOK.toNanos();
            candidates.stream().filter(FailBack::mayFailBack).forEach(round::add);
            better.keySet().retainAll(round);
        }
        List<Candidate> some = round.stream().limit(MOST_TOGETHER).toList();
        round.removeAll(Set.copyOf(some));
        if (!some.isEmpty()) {
            look(some, now);
        }
    }

    private void look(List<Candidate> some, ClockReading now) {
        List<String> elections =
                some.stream().map(candidate -> candidate.me().election()).toList();
        underWay.begin(now.nanos(), PresenceQuestions.BOUND);
        questions.ask(presence -> presence.heirs(elections, questions.nodeId(), null), heirs -> {
            underWay.end();
            some.forEach(candidate -> Defects.guarded(
                    candidate, () -> seen(candidate, heirs.get(candidate.me().election()))));
            changed.run();
        });
    }

    private static boolean mayFailBack(Candidate candidate) {
        return candidate.me().failBackAfter() != null
                && candidate.state().role() instanceof Role.Leading leading
                && leading.draining() == null;
    }

    /** Who has just connected may have to wait for a TTL before it can lead. */
    private static long waitNanos(Candidacy me, Duration after) {
        return Math.max(after.toNanos(), Watching.withMargin(me.timing().ttl()));
    }

    /** Presence that cannot be read shows nobody, and then the time begins anew. */
    private void seen(Candidate candidate, @Nullable Heir heir) {
        long at = candidate.me().time().nanoTime();
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
        } else if (at - known.since >= waitNanos(candidate.me(), after)) {
            candidate.requests().handOver(heir);
            better.remove(candidate);
        }
    }
}
