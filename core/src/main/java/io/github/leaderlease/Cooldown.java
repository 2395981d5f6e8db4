package io.github.leaderlease;

/**
 * A time during which a candidate does not stand.
 *
 * @param until its end on the monotonic clock
 * @param token the candidate's own term that it follows from
 * @param endsWithNextTerm whether it is over as soon as another term is seen: after a resignation somebody else shall
 *     have the chance; a candidate whose terms keep failing stays out regardless
 */
record Cooldown(long until, long token, boolean endsWithNextTerm) {

    static final Cooldown NEVER = new Cooldown(Long.MIN_VALUE, 0, false);

    boolean never() {
        return equals(NEVER);
    }

    boolean over(long now, long shownToken) {
        return never() || now - until >= 0 || (endsWithNextTerm && shownToken > token);
    }
}
