package io.github.leaderlease.demo;

import io.github.leaderlease.LossReason;
import io.github.leaderlease.demo.Timeline.Cell;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Help.Ansi.Style;

/** Puts the play of the fence into words: a column for each node, the old leader's first. Used by one thread. */
final class FenceNarrator {

    private static final String UNFENCED = "no fence    ";
    private static final String FENCED = "with fence  ";
    private static final Cell NOTHING = new Cell("", List.of());
    private static final Cell ICE = new Cell("▒".repeat(Timeline.COLUMN - 2), List.of(Style.faint));

    private final Timeline timeline;
    private final Narrator narrator = new Narrator();
    private boolean frozen;

    FenceNarrator(Timeline timeline) {
        this.timeline = timeline;
    }

    void heading(String old, String successor) {
        timeline.say("");
        timeline.row("", cell(old, Style.bold), cell(successor, Style.bold));
        timeline.say("");
    }

    /** A time on the timeline. */
    String time(long nanos) {
        return String.format(Locale.ROOT, "%7.2f s", narrator.seconds(nanos));
    }

    void tell(Sighting seen) {
        boolean old = seen.who().equals(FencePlay.OLD);
        NodeReport report = seen.report();
        if (report instanceof NodeReport.Woken) {
            frozen = false;
        }
        List<Cell> cells = old ? ofOld(report) : ofSuccessor(report);
        String time = time(report.at());
        for (Cell cell : cells) {
            timeline.row(time, old ? cell : frozen ? ICE : NOTHING, old ? NOTHING : cell);
            time = "";
        }
        if (report instanceof NodeReport.Frozen) {
            frozen = true;
        }
    }

    private List<Cell> ofOld(NodeReport report) {
        if (report instanceof NodeReport.Frozen) {
            return List.of(cell("SIGSTOP, right before its commits", Style.bold, Style.fg_red));
        } else if (report instanceof NodeReport.Woken) {
            return List.of(cell("SIGCONT: it goes on where it was", Style.bold, Style.fg_red));
        } else if (report instanceof NodeReport.Committed late) {
            String what = late.fenced() ? FENCED + "commit → NOT REFUSED" : UNFENCED + "commit → LANDED, too late";
            return List.of(cell(what, Style.bold, Style.fg_red));
        }
        return ofAny(report);
    }

    private List<Cell> ofSuccessor(NodeReport report) {
        if (report instanceof NodeReport.Committed done) {
            return List.of(cell(done.fenced() ? FENCED + "fence(), commit → done" : UNFENCED + "commit → done"));
        }
        return ofAny(report);
    }

    private List<Cell> ofAny(NodeReport report) {
        if (report instanceof NodeReport.Ready ready) {
            return List.of(cell("ready    process " + ready.pid(), Style.faint));
        } else if (report instanceof NodeReport.Acquired won) {
            String term = "LEADS in term " + narrator.term(won.token()) + ", token " + won.token();
            return List.of(cell(term, Style.bold, Style.fg_green));
        } else if (report instanceof NodeReport.Follows follows) {
            return List.of(cell("follows " + follows.leader(), Style.fg_cyan));
        } else if (report instanceof NodeReport.Lost lost) {
            return List.of(cell(lost(lost), Style.fg_yellow));
        } else if (report instanceof NodeReport.Renewed) {
            return List.of(cell("renews its lease", Style.faint));
        } else if (report instanceof NodeReport.Wrote wrote) {
            String answer = wrote.leading() ? "yes" : "no";
            return List.of(cell("isLeader() → " + answer), cell("begin, insert: without and with fence"));
        } else if (report instanceof NodeReport.Refused refused) {
            return refused(refused);
        } else if (report instanceof NodeReport.RolledBack) {
            return List.of(cell(FENCED + "rollback"));
        } else if (report instanceof NodeReport.Trouble trouble) {
            return List.of(cell(Narrator.shortened("trouble: " + trouble.text(), Timeline.COLUMN), Style.fg_yellow));
        }
        return List.of();
    }

    private static String lost(NodeReport.Lost lost) {
        return lost.own() ? "is told: leadership lost, " + lost.reason() : lost.leader() + " is lost: " + why(lost);
    }

    private static String why(NodeReport.Lost lost) {
        return lost.reason().equals(LossReason.EXPIRED.name()) ? "no heartbeat for a TTL" : lost.reason();
    }

    private static List<Cell> refused(NodeReport.Refused refused) {
        if (!refused.inDatabase()) {
            return List.of(
                    cell(FENCED + "fence() → NotLeaderException", Style.bold, Style.fg_green),
                    cell(FENCED + "by its clock: lease expired", Style.fg_green));
        }
        return List.of(cell(FENCED + "by the database: term " + refused.reason(), Style.fg_green));
    }

    private static Cell cell(String text, Style... styles) {
        return new Cell(text, List.of(styles));
    }
}
