package io.github.leaderlease;

import java.util.HashMap;
import java.util.Map;

/** The pace of elections that were closed not long ago: to start them anew shall not make them forget it. */
final class Paces {

    private static final int FEW = 1_000;

    private final Map<String, Pace> paces = new HashMap<>();
    private int cleanAt = FEW;

    void resume(Candidate candidate) {
        Pace pace = paces.remove(candidate.me().election());
        if (pace != null) {
            candidate.apply((state, me) -> Transition.to(
                    state.pace(pace.limited(me.time().nanoTime(), me.timing().ttl()))));
        }
    }

    void keep(Candidate candidate, long now) {
        Pace pace = candidate.state().pace();
        if (pace.settledAt() - now <= 0) {
            return;
        }
        paces.put(candidate.me().election(), pace);
        if (paces.size() >= cleanAt) {
            paces.values().removeIf(each -> each.settledAt() - now <= 0);
            cleanAt = Math.max(FEW, 2 * paces.size());
        }
    }
}
