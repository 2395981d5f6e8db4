package io.github.leaderlease;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Can the simulation see? Each test puts one known mistake into the code, and the simulation must find it. A test fails
 * too when the code has changed so that its mistake cannot be put in any more: then rewrite the mistake.
 */
final class MutantsTest {

    private static final Logger LOG = LoggerFactory.getLogger(MutantsTest.class);
    private static final long SEEDS = 4000;
    private static final long CONTROL_SEEDS = 192;

    private String name = "";

    @BeforeAll
    static void quietLog() {
        QuietLog.set();
    }

    MutantsTest(TestInfo test) {
        name = test.getDisplayName();
    }

    @Test
    void unchangedCodeLoadedTheSameWayPasses() throws Exception {
        assertThat(new Mutant().caughtBySeedsBelow(CONTROL_SEEDS)).isNull();
        assertThat(new Mutant().caughtByHerd()).isNull();
    }

    @Test
    void trustAnchoredAtTheReplyToARenewal() throws Exception {
        assertCaught(new Mutant()
                .core(
                        "LeaderRules",
                        "ClockReading anchor = sentAt.nanos() - leading.anchor().nanos() > 0 ? sentAt : leading.anchor();",
                        "ClockReading anchor = now;"));
    }

    @Test
    void trustAnchoredAtTheReplyToAnAcquire() throws Exception {
        assertCaught(new Mutant()
                .core(
                        "FollowerRules",
                        "me.term(token.getAsLong(), pending.sentAt())",
                        "me.term(token.getAsLong(), now)")
                .core(
                        "FollowerRules",
                        "LeaderRules.lead(state, me, term, pending.sentAt(), now)",
                        "LeaderRules.lead(state, me, term, now, now)"));
    }

    @Test
    void observationAnchoredAtTheSendOfTheRead() throws Exception {
        assertCaught(new Mutant()
                .knownAt(738)
                .core(
                        "Observation",
                        "new Observation(version, answer.receivedAt().nanos(), wait, renewals, false)",
                        "new Observation(version, answer.sentAt(), wait, renewals, false)"));
    }

    @Test
    void expiryEstablishedByATimerAlone() throws Exception {
        assertCaught(new Mutant()
                .core(
                        "Observation",
                        "answer.sentAt() - before.provableAt()",
                        "answer.receivedAt().nanos() - before.provableAt()"));
    }

    @Test
    void clocksComparedByValueNotByDifference() throws Exception {
        assertCaught(new Mutant()
                .core(
                        "Observation",
                        "answer.sentAt() - before.provableAt() >= 0",
                        "answer.sentAt() >= before.provableAt()"));
    }

    @Test
    void candidatesOwnTtlInsteadOfTheRows() throws Exception {
        assertCaught(new Mutant()
                .core("Observation", "wait = open.ttl();", "wait = me.timing().ttl();")
                .core("Observation", "wait = longer(wait, lease.ttl());", "wait = longer(wait, me.timing().ttl());"));
    }

    @Test
    void incarnationIgnoredForAVacantRow() throws Exception {
        assertCaught(new Mutant()
                .knownAt(707)
                .core(
                        "Observation",
                        "boolean otherLife = !lease.acquiredIncarnation().equals(answer.incarnation());",
                        "boolean otherLife = false;"));
    }

    @Test
    void holdersMarginRemoved() throws Exception {
        assertCaught(new Mutant().knownAt(151).core("Timing", "return nanos - nanos / 10;", "return nanos;"));
    }

    @Test
    void wallClockIgnored() throws Exception {
        assertCaught(new Mutant()
                .core(
                        "ClockReading",
                        "return Math.max(nanosNow - nanos, wall <= 0 ? 0 : TimeUnit.MILLISECONDS.toNanos(wall));",
                        "return nanosNow - nanos;"));
    }

    @Test
    void lateRenewalRevivesATerm() throws Exception {
        assertCaught(new Mutant()
                .core(
                        "LeaderRules",
                        "if (leading.anchor().elapsedAt(now) >= me.timing().trustNanos()) {",
                        "if (now == null) {")
                .core("HeldTerm", "if (anchor.compareAndSet(sent, null)) {", "if (sent != null) {")
                .core(
                        "HeldTerm",
                        "return current != null && isValid() && (current.equals(sent) || anchor.compareAndSet(current, sent));",
                        "anchor.set(sent); return current != null;"));
    }

    @Test
    void renewalSentAfterTheTermIsOver() throws Exception {
        assertCaught(new Mutant().core("Renewer", "!candidate.knowledge().holds(key)", "candidate == null"));
    }

    @Test
    void nameMissingFromABatchTakenForLost() throws Exception {
        assertCaught(new Mutant()
                .core(
                        "Renewer",
                        "RenewResult result = answers.get(due.key.election());",
                        "RenewResult result = answers.getOrDefault(due.key.election(), RenewResult.SUPERSEDED);"));
    }

    @Test
    void nameMissingFromABatchTakenForRenewed() throws Exception {
        assertCaught(new Mutant()
                .core(
                        "Renewer",
                        "RenewResult result = answers.get(due.key.election());",
                        "RenewResult result = answers.getOrDefault(due.key.election(), RenewResult.RENEWED);"));
    }

    @Test
    void releaseBeforeDemotion() throws Exception {
        assertCaught(new Mutant()
                .core(
                        "LeaderRules",
                        ".with(new Action.StopJob());",
                        ".with(new Action.Release(leading.key(), handover, Duration.ZERO));"));
    }

    @Test
    void releaseWhileListenersAreAtWork() throws Exception {
        assertCaught(new Mutant().core("Candidate", "if (queue.empty() && !job.running()) {", "if (!job.running()) {"));
    }

    @Test
    void eligibleWhileListenersHandleTheOwnLoss() throws Exception {
        assertCaught(new Mutant()
                .core(
                        "ElectionState",
                        "role instanceof Role.None && cooldown.never()",
                        "follows() && cooldown.never()"));
    }

    @Test
    void eventBeforeState() throws Exception {
        assertCaught(new Mutant().core("Candidate", "publish(); outbox.empty();", "outbox.empty(); publish();"));
    }

    @Test
    void closedBeforeTheLastEventIsTold() throws Exception {
        assertCaught(new Mutant()
                .core(
                        "Candidate",
                        "if (state.role() instanceof Role.Closed && queue.empty()) {",
                        "if (state.role() instanceof Role.Closed) {"));
    }

    @Test
    void lossToldTwiceAfterALateRenewal() throws Exception {
        assertCaught(new Mutant().core("FollowerRules", "open.token() <= t.next().lastLostToken()", "open == null"));
    }

    @Test
    void ownOldRowAdoptedWithItsOldToken() throws Exception {
        assertCaught(new Mutant()
                .core(
                        "FollowerRules",
                        "if (!free || !entitled) {",
                        "if (entitled && isOwnLeftover(state, answer, me)) {"
                                + " ClockReading at = answer.receivedAt();"
                                + " long old = answer.election().openTerm().token();"
                                + " return LeaderRules.lead(state, me, me.term(old, at), at, at);"
                                + " } if (!free || !entitled) {"));
    }

    @Test
    void jitterAndSecondLookDropped() throws Exception {
        Mutant mutant = new Mutant().core("FollowerRules", "if (attemptAt == null && wait > 0) {", "if (random < 0) {");
        assertKilled(mutant.caughtByHerd());
    }

    @Test
    void jitterTooLongForLongTtls() throws Exception {
        assertCaught(
                new Mutant().core("Timing", "MAX_JITTER = Duration.ofMillis(400)", "MAX_JITTER = Duration.ofHours(1)"));
    }

    @Test
    void looksRarelyThoughNobodyTellsOfChanges() throws Exception {
        assertCaught(new Mutant()
                .core("PollSchedule", "answer.listening() ? rarely(me, poll) : poll", "rarely(me, 10 * poll)")
                .core("PollSchedule", "MAX_PAUSE = Duration.ofSeconds(5)", "MAX_PAUSE = Duration.ofHours(1)"));
    }

    @Test
    void looksAtNothingThatItIsToldOf() throws Exception {
        assertCaught(new Mutant()
                .core("PendingNotifications", "if (elections.contains(name)) {", "if (named.contains(name)) {"));
    }

    @Test
    void heirWithoutACompareAndSet() throws Exception {
        assertCaught(new Mutant()
                .core(
                        "HeirRules",
                        "me.request(seen.version().released(), state.highestToken(), LossReason.SUPERSEDED)",
                        "me.request(seen.version(), state.highestToken(), LossReason.SUPERSEDED)"));
    }

    @Test
    void rankTakenForARight() throws Exception {
        assertCaught(new Mutant()
                .core(
                        "HeirRules",
                        "return Transition.to(state.next(at, at));",
                        "if (ahead > 0 || !state.entitled()) { return Transition.to(state.next(at, at)); }"
                                + " return Transition.to(state.next(null, at).role(new Role.Acquiring(at, now, null)))"
                                + ".with(new Action.Acquire(at,"
                                + " me.request(seen.version(), state.highestToken(), LossReason.EXPIRED)));"));
    }

    @Test
    void presenceBelieved() throws Exception {
        assertCaught(new Mutant()
                .core(
                        "FollowerRules",
                        "boolean free = !seen.held() || seen.expired()",
                        "boolean free = me.nodeId().equals(answer.heir()) || !seen.held() || seen.expired()"));
    }

    @Test
    void successionThatDoesNotTellTheLossOfTheTermBefore() throws Exception {
        assertCaught(new Mutant()
                .core(
                        "FollowerRules",
                        "Transition t = inherited(state, pending);",
                        "Transition t = Transition.to(state);"));
    }

    @Test
    void databaseClockTrustedForTakeover() throws Exception {
        String left = "Duration.ofMillis(row == null ? 0 : Math.max(0,"
                + " Duration.between(database.now(), row.expiresAt()).toMillis()))";
        assertCaught(new Mutant()
                .store("Duration.ofMillis(row.ttlMillis())", left)
                .store("Duration.ofMillis(open.ttlMillis())", left));
    }

    @Test
    void renewalRefusedByTheDatabaseClock() throws Exception {
        assertCaught(
                new Mutant()
                        .store(
                                "term.holderId().equals(row.holderId()) ? row : null",
                                "term.holderId().equals(row.holderId()) && database.now().isBefore(row.expiresAt()) ? row : null"));
    }

    @Test
    void compareAndSetWithoutTheRenewalCount() throws Exception {
        assertCaught(new Mutant()
                .knownAt(35)
                .store(
                        "observed.token() == row.token() && observed.renewal() == row.renewal()",
                        "observed.token() == row.token()"));
    }

    @Test
    void compareAndSetWithoutThePresenceOfTheRow() throws Exception {
        assertCaught(new Mutant().store("return !observed.rowPresent();", "return true;"));
    }

    @Test
    void tokenThatDoesNotGrow() throws Exception {
        assertCaught(
                new Mutant().store("Math.max(now.toEpochMilli(), largest + 1)", "now.toEpochMilli() + 0 * largest"));
    }

    private void assertCaught(Mutant mutant) throws ReflectiveOperationException {
        assertKilled(mutant.caughtBySeedsBelow(SEEDS));
    }

    private void assertKilled(@Nullable String how) {
        assertThat(how).as("what shows %s", name).isNotNull();
        LOG.info("{} is caught by {}", name, how);
    }
}
