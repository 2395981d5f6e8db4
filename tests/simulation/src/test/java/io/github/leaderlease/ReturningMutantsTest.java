package io.github.leaderlease;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mistakes about servers that are demoted and promoted again, in runs with nothing else: see {@link MutantsTest}. That a
 * refused or failed read, a reconnect or a long pause ends a watch is tested by itself in core ({@code WatchTest}): in whole
 * runs each of them is covered by the others, so that leaving out one alone shows in no run.
 */
final class ReturningMutantsTest {

    private static final Logger LOG = LoggerFactory.getLogger(ReturningMutantsTest.class);
    private static final long RUNS = 20_000;

    private static final String READ_REFUSED =
            "synchronized (database) { refuseIfReadOnly(); Map<String, ReadResult.Election> elections";
    private static final String READ_ANSWERED = "synchronized (database) { Map<String, ReadResult.Election> elections";

    private static final String WATCH_ENDS =
            "watch = null; // nor is it known what happens before the next one is answered";

    private final String name;

    ReturningMutantsTest(TestInfo test) {
        name = test.getDisplayName();
    }

    @BeforeAll
    static void quietLog() {
        QuietLog.set();
    }

    @Test
    void unchangedCodeLoadedTheSameWayPasses() throws Exception {
        assertThat(new Mutant().caughtByServersBelow(128)).isNull();
    }

    /** As it was: what has been seen is believed for ever, and a read on a demoted server is as good as any. */
    @Test
    void incarnationsTakenForLives() throws Exception {
        assertCaught(new Mutant()
                .core("Watch", "if (session == null) {", "if (session == null || number > 0) {")
                .store(READ_REFUSED, READ_ANSWERED));
    }

    @Test
    void observationSurvivesAFailedRead() throws Exception {
        assertCaught(new Mutant().knownAt(45154).core("Poller", WATCH_ENDS, ""));
    }

    @Test
    void observationSurvivesARefusedRead() throws Exception {
        assertCaught(new Mutant().core("Poller", WATCH_ENDS, "").store(READ_REFUSED, READ_ANSWERED));
    }

    /** A reconnect follows on a failure, so only both mistakes together can show. */
    @Test
    void observationSurvivesAReconnect() throws Exception {
        assertCaught(new Mutant()
                .knownAt(391)
                .core("Poller", WATCH_ENDS, "")
                .core("Watch", "before.session.equals(session)", "before != null")
                .core("ReadAnswer", "watch == null ? null : watch.session()", "null"));
    }

    @Test
    void observationSurvivesALongPause() throws Exception {
        assertCaught(new Mutant()
                .knownAt(13543)
                .core("Watch", "before.lastSentAt.elapsedAt(receivedAt) <= longestPause", "before != null"));
    }

    @Test
    void vacantLeaseTakenAtOnce() throws Exception {
        assertCaught(new Mutant()
                .knownAt(1316)
                .core(
                        "Observation",
                        "Math.max(waitNanos(answer, me, highestToken), unsettledNanos(answer, me, watching))",
                        "waitNanos(answer, me, highestToken)"));
    }

    /** As the rule was first thought of: what was seen held and then released on one connection is free. */
    @Test
    void releaseSeenByAFreshFollowerTakenForTheLatest() throws Exception {
        assertCaught(new Mutant()
                .knownAt(174)
                .core("Watching", "token > firstToken ? 0", "token > firstToken || held ? 0")
                .core("Watching", "long since, long firstToken)", "long since, long firstToken, boolean held)")
                .core(
                        "Watching",
                        "answer.receivedAt().nanos(), answer.shownToken())",
                        "answer.receivedAt().nanos(), answer.shownToken(), answer.election().openTerm() != null)"));
    }

    @Test
    void ownTermReplacedAtOnce() throws Exception {
        assertCaught(new Mutant()
                .knownAt(174)
                .core("FollowerRules", "&& Observation.unsettledNanos(answer, me, state.watching()) == 0", ""));
    }

    private void assertCaught(Mutant mutant) throws ReflectiveOperationException {
        String how = mutant.caughtByServersBelow(RUNS);
        assertThat(how).as("what shows %s", name).isNotNull();
        LOG.info("{} is caught by {}", name, how);
    }
}
