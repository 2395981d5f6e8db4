package io.github.leaderlease.demo;

import io.github.leaderlease.demo.Timeline.Line;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.Help.Ansi.Style;

/** Puts reports into words. Terms are numbered from 1, for people; what counts is the token. */
final class Narrator {

    private static final int LONGEST_TROUBLE = 75;

    private final long start;
    private final Map<Long, Integer> numbers = new TreeMap<>();

    /** The zero of the timeline is now. */
    Narrator() {
        this.start = System.nanoTime();
    }

    long start() {
        return start;
    }

    /** The number of the term with this token. */
    int term(long token) {
        return numbers.computeIfAbsent(token, unseen -> numbers.size() + 1);
    }

    /** Empty for what is of no interest to somebody who watches. */
    Optional<Line> tell(Sighting seen) {
        NodeReport report = seen.report();
        if (report instanceof NodeReport.Ready ready) {
            return line(seen, "ready", "process " + ready.pid() + ", connected to the database", Style.faint);
        } else if (report instanceof NodeReport.Acquired won) {
            String detail = "term " + term(won.token()) + " · token " + won.token();
            return line(seen, "LEADS", detail, Style.bold, Style.fg_green);
        } else if (report instanceof NodeReport.Follows follows) {
            String detail = follows.leader() + ", who leads in term " + term(follows.token());
            return line(seen, "follows", detail, Style.fg_cyan);
        } else if (report instanceof NodeReport.Lost lost) {
            return line(seen, "lost", lost(lost), Style.fg_yellow);
        } else if (report instanceof NodeReport.Killed killed) {
            String detail = "SIGKILL: no goodbye, and its lease stays as it is";
            double sent = seconds(killed.sent());
            return Optional.of(new Line(sent, seen.who().node(), "KILLED", detail, List.of(Style.bold, Style.fg_red)));
        } else if (report instanceof NodeReport.Ended ended) {
            return line(seen, "ENDED", "by itself, with status " + ended.status(), Style.bold, Style.fg_red);
        } else if (report instanceof NodeReport.Trouble trouble) {
            return line(seen, "trouble", shortened(trouble.text(), LONGEST_TROUBLE), Style.fg_yellow);
        }
        return Optional.empty();
    }

    /** The demo's own word to all nodes. */
    Line go() {
        return new Line(
                seconds(System.nanoTime()), "all", "stand", "for election, at the same moment", List.of(Style.bold));
    }

    /**
     * A heartbeat, which only the table numbers.
     *
     * @param count how many heartbeats this term has seen
     */
    Line heartbeat(Member who, NodeReport.Renewed renewed, long count) {
        String detail = String.format(
                Locale.ROOT, "heartbeat %d · leads until %.2f s, if not renewed", count, seconds(renewed.deadline()));
        return new Line(seconds(renewed.at()), who.node(), "renews", detail, List.of(Style.faint));
    }

    double seconds(long nanos) {
        return (nanos - start) / 1e9;
    }

    private String lost(NodeReport.Lost lost) {
        String whose = lost.own() ? "its leadership" : lost.leader();
        String why = lost.reason().equals("EXPIRED") ? "EXPIRED: no heartbeat for a TTL" : lost.reason();
        return whose + ", term " + term(lost.token()) + " · " + why;
    }

    private Optional<Line> line(Sighting seen, String what, String detail, Style... styles) {
        return Optional.of(new Line(seconds(seen.report().at()), seen.who().node(), what, detail, List.of(styles)));
    }

    /** Its first line, as far as there is room. */
    static String shortened(String text, int room) {
        String line = text.lines().findFirst().orElse("");
        return line.length() <= room ? line : line.substring(0, room - 1) + "…";
    }
}
