package io.github.leaderlease.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.demo.CommitWatch.Commit;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Judges made-up evidence: of a play that showed what it should, and of plays that differ from it in one thing. */
final class FenceVerdictTest {

    private static final long OLD = 100;
    private static final long NEW = 200;
    private static final List<TermRow> TERMS =
            List.of(new TermRow(OLD, "node-1", false, "EXPIRED"), new TermRow(NEW, "node-2", true, null));
    private static final NodeReport.Refused BY_CLOCK = new NodeReport.Refused(1, OLD, false, "EXPIRED", "not renewed");
    private static final NodeReport.Refused BY_DATABASE = new NodeReport.Refused(1, OLD, true, "EXPIRED", "has ended");
    private static final List<NodeReport.Refused> REFUSED = List.of(BY_CLOCK, BY_DATABASE);

    @Test
    void aPlayThatShowsIt() {
        FenceVerdict verdict = judge(List.of(NEW, OLD), List.of(NEW), TERMS, REFUSED);
        assertThat(verdict.kept()).isTrue();
        assertThat(verdict.exitCode()).isZero();
    }

    @Test
    void aFenceThatLetsTheLateWriteThroughIsBroken() {
        FenceVerdict verdict = judge(List.of(NEW, OLD), List.of(NEW, OLD), TERMS, List.of(BY_CLOCK));
        assertThat(verdict.exitCode()).isEqualTo(3);
        assertThat(verdict.broken())
                .containsExactly(
                        "The fenced table holds the late write of token 100: it should have been refused.",
                        "The database did not refuse token 100 because its term had ended; the fences said"
                                + " [not renewed].");
    }

    @Test
    void aRefusalForAnotherReasonIsNoFence() {
        assertThat(judge(
                                List.of(NEW, OLD),
                                List.of(NEW),
                                TERMS,
                                List.of(BY_CLOCK, new NodeReport.Refused(1, OLD, true, "TERM_MISSING", "no such term")))
                        .exitCode())
                .isEqualTo(3);
    }

    @Test
    void aLateWriteThatDidNotLandShowsNothing() {
        FenceVerdict verdict = judge(List.of(NEW), List.of(NEW), TERMS, REFUSED);
        assertThat(verdict.exitCode()).isEqualTo(1);
        assertThat(verdict.notShown())
                .containsExactly("Without the fence, the write of token 200 and then the late one of token 100 should"
                        + " have landed, but the table holds 200.");
    }

    @Test
    void aWriteThatWasNotLateShowsNothing() {
        FenceVerdict verdict = judge(List.of(OLD, NEW), List.of(NEW), TERMS, REFUSED);
        assertThat(verdict.exitCode()).isEqualTo(1);
        assertThat(verdict.notShown()).singleElement().asString().endsWith("but the table holds 100, then 200.");
    }

    @Test
    void aFenceThatRefusesTheLeaderShowsNothing() {
        FenceVerdict verdict = judge(List.of(NEW, OLD), List.of(), TERMS, REFUSED);
        assertThat(verdict.exitCode()).isEqualTo(1);
        assertThat(verdict.notShown()).singleElement().asString().endsWith("which holds nothing.");
    }

    @Test
    void leadersThatAreNotInTheScriptShowNothing() {
        List<TermRow> three = List.of(TERMS.get(0), new TermRow(NEW, "node-2", false, "EXPIRED"), TERMS.get(1));
        assertThat(judge(List.of(NEW, OLD), List.of(NEW), three, REFUSED).notShown())
                .singleElement()
                .asString()
                .contains("one term that has ended and one that is open")
                .contains("try a longer --ttl");
    }

    @Test
    void whatWentWrongIsPrintedInsteadOfTheVerdict() {
        String page = page(List.of(NEW, OLD), List.of(NEW, OLD));
        assertThat(page)
                .contains("✗ The fenced table holds the late write of token 100")
                .containsPattern("✗ yesterday's leader .*✗ yesterday's leader")
                .doesNotContain("✓");
        assertThat(page(List.of(), List.of())).contains("✗ empty").doesNotContain("✓");
    }

    private static String page(List<Long> unfenced, List<Long> fenced) {
        StringWriter text = new StringWriter();
        Timeline timeline = new Timeline(new PrintWriter(text), new Look(false, false, true));
        FenceEvidence evidence = evidence(unfenced, fenced, TERMS, List.of());
        new FencePage(timeline, new FenceNarrator(timeline)).write(evidence, FenceVerdict.of(evidence));
        return text.toString();
    }

    private static FenceVerdict judge(
            List<Long> unfenced, List<Long> fenced, List<TermRow> terms, List<NodeReport.Refused> refusals) {
        return FenceVerdict.of(evidence(unfenced, fenced, terms, refusals));
    }

    private static FenceEvidence evidence(
            List<Long> unfenced, List<Long> fenced, List<TermRow> terms, List<NodeReport.Refused> refusals) {
        return new FenceEvidence(commits(unfenced), commits(fenced), terms, refusals, Duration.ofSeconds(4));
    }

    /** In this order, one second apart. */
    private static List<Commit> commits(List<Long> tokens) {
        return tokens.stream()
                .map(token -> new Commit(
                        new Scratch.Row(token, token == OLD ? "node-1" : "node-2", 0),
                        Duration.ofSeconds(tokens.indexOf(token)).toNanos()))
                .toList();
    }
}
