package io.github.leaderlease;

import java.time.Duration;

/** A candidate of the election "job" on the node "node", for rules: its clock stands still. */
final class TestCandidacy {

    private TestCandidacy() {}

    static Candidacy of(String holder, Duration ttl) {
        Timing timing = new Timing(ttl, ttl.dividedBy(2), Duration.ZERO);
        return new Candidacy(
                "job", "node", "node-id", holder, 0, null, null, timing, new StoppedClock(), HeldTerm.Fence.NONE);
    }
}
