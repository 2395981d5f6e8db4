package io.github.leaderlease;

import io.github.leaderlease.spi.ElectionVersion;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Asks how many go before each candidate that is about to prove its leader gone, once for each state that it has observed. */
final class Ranks {

    private static final int MOST_TOGETHER = 500;

    private final Sender sender;
    private final PresenceQuestions questions;
    private final Collection<Candidate> candidates;
    private final BooleanSupplier quick;
    private final Runnable changed;
    private final Map<Candidate, ElectionVersion> asked = new HashMap<>();
    private final InFlight underWay = new InFlight();

    /**
     * For all candidates of this process, whoever they are at the time.
     *
     * @param quick whether presence has answered quickly of late
     * @param changed has what became due looked for
     */
    Ranks(
            Sender sender,
            PresenceQuestions questions,
            Collection<Candidate> candidates,
            BooleanSupplier quick,
            Runnable changed) {
        this.sender = sender;
        this.questions = questions;
        this.candidates = candidates;
        this.quick = quick;
        this.changed = changed;
    }

    void forget(Candidate candidate) {
        asked.remove(candidate);
    }

    void send(ClockReading now) {
        boolean unused = underWay.lost(now.nanos());
        if (underWay.busy()) {
            return;
        }
        Map<String, Candidate> batch = new HashMap<>();
        Map<String, ElectionVersion> of = new HashMap<>();
        boolean unhurried = quick.getAsBoolean();
        for (Candidate candidate : candidates) {
            Observation seen = waitsFor(candidate.state(), unhurried);
            if (batch.size() < MOST_TOGETHER
                    && seen != null
                    && !seen.version().equals(asked.put(candidate, seen.version()))) {
                batch.put(candidate.me().election(), candidate);
                of.put(candidate.me().election(), seen.version());
            }
        }
        if (batch.isEmpty()) {
            return;
        }
        List<String> elections = List.copyOf(batch.keySet());
        underWay.begin(now.nanos(), PresenceQuestions.BOUND);
        questions.ask(presence -> presence.ranks(elections, questions.nodeId()), ranks -> {
            underWay.end();
            ranks.forEach((election, ahead) -> ranked(batch.get(election), of.get(election), ahead));
            changed.run();
        });
    }

    /**
     * What it has seen of a lease whose holder its next look may prove gone; else null. Where a lost connection costs all that
     * was seen, nothing is asked that may cost the connection.
     */
    private static @Nullable Observation waitsFor(ElectionState state, boolean unhurried) {
        Observation seen = state.observation();
        boolean waits = state.attemptAt() != null && (state.watching() == null || unhurried);
        return !waits || seen == null || !seen.held() || seen.expired() ? null : seen;
    }

    private void ranked(@Nullable Candidate candidate, @Nullable ElectionVersion of, int ahead) {
        if (candidate != null && of != null) {
            Defects.guarded(
                    candidate,
                    () -> candidate.apply(
                            (state, me) -> HeirRules.ranked(state, me, of, ahead, sender.now(), sender.random())));
        }
    }
}
