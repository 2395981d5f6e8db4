package io.github.leaderlease;

/** A candidate is told whether it may lead. Pure functions. */
final class EligibilityRules {

    private EligibilityRules() {}

    /** Who may lead again looks at once; who leads and may not hands over. */
    static Transition changed(ElectionState state, Candidacy me, boolean eligible, ClockReading now) {
        if (state.eligible() == eligible) {
            return Transition.to(state);
        }
        ElectionState next = state.eligible(eligible);
        if (!eligible && next.leads()) {
            return LeaderRules.giveUp(next, me, Handover.of(LossReason.NOT_ELIGIBLE), now);
        }
        return Transition.to(next.next(null, eligible ? now.nanos() : next.readDueAt()));
    }
}
