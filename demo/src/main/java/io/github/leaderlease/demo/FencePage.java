package io.github.leaderlease.demo;

import io.github.leaderlease.demo.CommitWatch.Commit;
import io.github.leaderlease.demo.Timeline.Cell;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.Help.Ansi.Style;

/** Writes what the tables hold in the end, side by side, and the verdict. */
final class FencePage {

    private static final String COLUMNS = "%-6s %13s %9s %9s";
    private static final Cell NOTHING = new Cell("", List.of());

    private final Timeline timeline;
    private final FenceNarrator narrator;

    FencePage(Timeline timeline, FenceNarrator narrator) {
        this.timeline = timeline;
        this.narrator = narrator;
    }

    void write(FenceEvidence evidence, FenceVerdict verdict) {
        timeline.say("");
        timeline.title("What the database holds in the end, in the order in which it was committed");
        timeline.say("");
        row(cell("without the fence", Style.bold), cell("with the fence", Style.bold));
        String columns = String.format(Locale.ROOT, COLUMNS, "writer", "token", "written", "committed");
        row(cell(columns, Style.faint), cell(columns, Style.faint));
        for (int i = 0;
                i < Math.max(evidence.unfenced().size(), evidence.fenced().size());
                i++) {
            row(row(evidence.unfenced(), i), row(evidence.fenced(), i));
        }
        row(remark(evidence.unfenced()), remark(evidence.fenced()));
        timeline.say("");
        timeline.quiet("   leader_term: " + terms(evidence));
        timeline.say("");
        verdict.broken().forEach(text -> timeline.bad("   ✗ " + text));
        verdict.notShown().forEach(text -> timeline.bad("   ✗ " + text));
        if (verdict.kept()) {
            sentence(evidence).forEach(timeline::good);
        }
    }

    private void row(Cell left, Cell right) {
        timeline.row("", left, right);
    }

    private Cell row(List<Commit> commits, int index) {
        if (index >= commits.size()) {
            return NOTHING;
        }
        Commit commit = commits.get(index);
        String text = String.format(
                Locale.ROOT,
                COLUMNS,
                commit.row().writer(),
                commit.row().token(),
                narrator.time(commit.row().writtenAt()),
                narrator.time(commit.seenAt()));
        return isLate(commits, index) ? cell(text, Style.bold, Style.fg_red) : cell(text);
    }

    /** Whether a newer token was committed before. */
    private static boolean isLate(List<Commit> commits, int index) {
        long token = commits.get(index).row().token();
        return commits.subList(0, index).stream()
                .anyMatch(before -> before.row().token() > token);
    }

    private static Cell remark(List<Commit> commits) {
        int last = commits.size() - 1;
        if (last >= 0 && isLate(commits, last)) {
            return cell("✗ yesterday's leader has the last word", Style.fg_red);
        }
        return last < 0 ? cell("✗ empty", Style.fg_red) : cell("✓ the leader has the last word", Style.fg_green);
    }

    private static String terms(FenceEvidence evidence) {
        return evidence.terms().stream()
                .map(term -> "token " + term.token() + " of " + term.node()
                        + (term.open() ? " is open" : " ended " + term.endReason()))
                .collect(Collectors.joining(", "));
    }

    private static List<String> sentence(FenceEvidence evidence) {
        long successor = evidence.unfenced().get(0).seenAt();
        long late = evidence.unfenced().get(1).seenAt();
        return List.of(
                String.format(
                        Locale.ROOT,
                        "   ✓ %s woke up after %.2f s and committed: without the fence its write landed %.2f s after",
                        FencePlay.OLD,
                        evidence.frozen().toNanos() / 1e9,
                        (late - successor) / 1e9),
                "     that of " + FencePlay.SUCCESSOR
                        + ", who leads now; with the fence it was refused, and 0 of its rows are there.");
    }

    private static Cell cell(String text, Style... styles) {
        return new Cell(text, List.of(styles));
    }
}
