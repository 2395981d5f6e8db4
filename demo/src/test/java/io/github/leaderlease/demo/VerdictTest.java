package io.github.leaderlease.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Judges made-up reports: of a play that went well, and of plays that differ from it in one thing. */
final class VerdictTest {

    private static final Member ONE = new Member("node-1", 1);
    private static final Member TWO = new Member("node-2", 1);
    private static final long OLD = 100;
    private static final long NEW = 200;

    private final List<Sighting> seen = new ArrayList<>();
    private final List<TermRow> table = new ArrayList<>();

    @Test
    void aPlayThatWentWellKeepsAll() {
        killAndTakeover(12.0);
        Verdict verdict = judge();
        assertThat(verdict.violations()).isEmpty();
        assertThat(verdict.exitCode()).isZero();
        assertThat(verdict.gaps()).singleElement().satisfies(gap -> {
            assertThat(gap.leaderless()).isEqualTo(Duration.ofMillis(10_500));
            assertThat(gap.sinceRenewal()).isEqualTo(Duration.ofSeconds(11));
            assertThat(gap.before().end()).isEqualTo(Span.End.KILLED);
        });
    }

    @Test
    void twoLeadersAtATimeAreNamedWithTheirTimes() {
        // still alive, and says yes until 13 s; the other leads from 12 s
        oldLeads();
        tell(ONE, new NodeReport.LeadingNoMore(at(13.001), OLD, at(13)));
        tell(ONE, new NodeReport.Lost(at(13.01), OLD, "node-1", "EXPIRED", true, false));
        tell(ONE, new NodeReport.Follows(at(13.02), NEW, "node-2"));
        newLeads(12.0, NEW);
        assertThat(judge().exitCode()).isEqualTo(3);
        assertThat(judge().violations())
                .containsExactly(
                        "Two leaders: node-1 (token 100) and node-2 (token 200) both said isLeader() from 12.00 s to"
                                + " 13.00 s.");
    }

    @Test
    void aKilledLeaderLedUntilItWasGone() {
        killAndTakeover(1.6);
        assertThat(judge().exitCode()).isEqualTo(3);
        assertThat(judge().violations())
                .containsExactly(
                        "Two leaders: node-1 (token 100) and node-2 (token 200) both said isLeader() from 1.60 s to"
                                + " 1.70 s.");
    }

    @Test
    void aTokenThatGoesBackIsABreach() {
        oldLeads();
        kill();
        newLeads(12.0, 99);
        table.clear();
        table.add(new TermRow(99, "node-2", false, "EXPIRED"));
        table.add(new TermRow(OLD, "node-1", true, null));
        assertThat(judge().exitCode()).isEqualTo(3);
        assertThat(judge().violations())
                .contains("The token went back: node-2 led from 12.00 s with token 99, after node-1 with token 100.");
    }

    @Test
    void aLossThatIsNotToldIsABreach() {
        killAndTakeover(12.0);
        seen.removeIf(sighting -> sighting.report() instanceof NodeReport.Lost);
        assertThat(judge().exitCode()).isEqualTo(3);
        assertThat(judge().violations())
                .containsExactly("At 12.01 s node-2 was told of term 200 but never that term 100 is lost.");
    }

    @Test
    void aLossThatIsToldTwiceIsABreach() {
        killAndTakeover(12.0);
        tell(TWO, new NodeReport.Lost(at(12.5), OLD, "node-1", "EXPIRED", false, false));
        tell(TWO, new NodeReport.Follows(at(12.6), OLD, "node-1"));
        assertThat(judge().violations())
                .containsExactly(
                        "At 12.50 s node-2 was told that term 100 is lost, but did not follow or lead in it.",
                        "At 12.60 s node-2 was told of term 100 after term 200.",
                        "At 20.00 s node-2 knows term 100 in the end, but term 200 is the last.");
    }

    @Test
    void aLeaderThatStillCountsAsOneWhileItIsToldOfItsLossIsABreach() {
        oldLeads();
        tell(ONE, new NodeReport.LeadingNoMore(at(10.001), OLD, at(10)));
        tell(ONE, new NodeReport.Lost(at(10.01), OLD, "node-1", "EXPIRED", true, true));
        tell(ONE, new NodeReport.Follows(at(12.02), NEW, "node-2"));
        newLeads(12.0, NEW);
        assertThat(judge().violations())
                .containsExactly("At 10.01 s node-1 still counted as leader while it was told that term 100 is lost.");
        assertThat(judge().gaps()).singleElement().satisfies(gap -> {
            assertThat(gap.leaderless()).isEqualTo(Duration.ofSeconds(2));
            assertThat(gap.before().end()).isEqualTo(Span.End.OVER);
        });
    }

    @Test
    void twoOpenTermsInTheTableAreABreach() {
        killAndTakeover(12.0);
        table.set(0, new TermRow(OLD, "node-1", true, null));
        assertThat(judge().exitCode()).isEqualTo(3);
        assertThat(judge().violations()).singleElement().asString().startsWith("The table should have one open term");
    }

    @Test
    void aTermWithoutReasonOrRowIsABreach() {
        killAndTakeover(12.0);
        table.set(0, new TermRow(50, "node-1", false, null));
        assertThat(judge().violations())
                .containsExactly(
                        "node-1 led with token 100, but the table says nothing of it.",
                        "Term 50 ended without a reason.");
    }

    @Test
    void nothingMeasuredIsNoSuccess() {
        killAndTakeover(12.0);
        seen.removeIf(sighting -> sighting.report() instanceof NodeReport.Sampled);
        assertThat(judge().exitCode()).isEqualTo(3);
        assertThat(judge().violations()).containsExactly("Nothing was measured: no node reported a leader.");
    }

    private void killAndTakeover(double takeover) {
        oldLeads();
        kill();
        newLeads(takeover, NEW);
    }

    /** Leads from 1 s by a lease of 1 s, follower told at 1.2 s. */
    private void oldLeads() {
        tell(ONE, new NodeReport.Leading(at(1.1), OLD, at(10)));
        tell(ONE, new NodeReport.Acquired(at(1.11), OLD, true));
        tell(TWO, new NodeReport.Follows(at(1.2), OLD, "node-1"));
        tell(ONE, new NodeReport.Sampled(at(1.25), 100));
        table.add(new TermRow(OLD, "node-1", false, "EXPIRED"));
    }

    private void kill() {
        tell(ONE, new NodeReport.Killed(at(1.7), at(1.5)));
    }

    private void newLeads(double time, long token) {
        tell(TWO, new NodeReport.Lost(at(time - 0.1), OLD, "node-1", "EXPIRED", false, false));
        tell(TWO, new NodeReport.Leading(at(time), token, at(time + 9)));
        tell(TWO, new NodeReport.Acquired(at(time + 0.01), token, true));
        table.add(new TermRow(token, "node-2", true, null));
    }

    private void tell(Member who, NodeReport report) {
        seen.add(new Sighting(who, report));
    }

    private Verdict judge() {
        return Verdict.of(new Evidence(List.copyOf(seen), List.copyOf(table), Duration.ofSeconds(10), 0, at(20)));
    }

    private static long at(double seconds) {
        return Math.round(seconds * 1e9);
    }
}
