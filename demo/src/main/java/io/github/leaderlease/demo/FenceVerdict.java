package io.github.leaderlease.demo;

import io.github.leaderlease.LossReason;
import io.github.leaderlease.demo.CommitWatch.Commit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Whether the fence held, and whether there was anything to hold against. Pure.
 *
 * @param broken a sentence for each way in which the fence failed
 * @param notShown a sentence for each thing that did not happen as it must for the play to show anything
 */
record FenceVerdict(List<String> broken, List<String> notShown) {

    static FenceVerdict of(FenceEvidence evidence) {
        List<TermRow> terms = evidence.terms();
        if (terms.size() != 2 || terms.get(0).open() || !terms.get(1).open()) {
            return new FenceVerdict(
                    List.of(),
                    List.of("The play needs one term that has ended and one that is open, but leader_term holds "
                            + terms + ". On a busy machine try a longer --ttl."));
        }
        return new FenceVerdict(broken(evidence), notShown(evidence));
    }

    private static List<String> broken(FenceEvidence evidence) {
        long old = evidence.terms().get(0).token();
        List<String> broken = new ArrayList<>();
        if (tokens(evidence.fenced()).contains(old)) {
            broken.add("The fenced table holds the late write of token " + old + ": it should have been refused.");
        }
        if (evidence.refusals().stream().noneMatch(FenceVerdict::becauseTheTermHadEnded)) {
            broken.add("The database did not refuse token " + old + " because its term had ended; the fences said "
                    + evidence.refusals().stream().map(NodeReport.Refused::text).toList() + ".");
        }
        return broken;
    }

    private static boolean becauseTheTermHadEnded(NodeReport.Refused refusal) {
        return refusal.inDatabase() && !refusal.reason().equals(LossReason.TERM_MISSING.name());
    }

    private static List<String> notShown(FenceEvidence evidence) {
        long old = evidence.terms().get(0).token();
        long successor = evidence.terms().get(1).token();
        List<String> notShown = new ArrayList<>();
        if (!tokens(evidence.unfenced()).equals(List.of(successor, old))) {
            notShown.add("Without the fence, the write of token " + successor + " and then the late one of token " + old
                    + " should have landed, but the table holds " + shown(evidence.unfenced()) + ".");
        }
        if (!tokens(evidence.fenced()).contains(successor)) {
            notShown.add("The fenced write of token " + successor + ", who leads, should be in the table, which holds "
                    + shown(evidence.fenced()) + ".");
        }
        return notShown;
    }

    private static List<Long> tokens(List<Commit> commits) {
        return commits.stream().map(commit -> commit.row().token()).toList();
    }

    private static String shown(List<Commit> commits) {
        String tokens = commits.stream()
                .map(commit -> String.valueOf(commit.row().token()))
                .collect(Collectors.joining(", then "));
        return tokens.isEmpty() ? "nothing" : tokens;
    }

    boolean kept() {
        return broken.isEmpty() && notShown.isEmpty();
    }

    int exitCode() {
        if (!broken.isEmpty()) {
            return Verdict.BROKEN;
        }
        return notShown.isEmpty() ? Verdict.KEPT : PlayStopped.FAILED;
    }
}
