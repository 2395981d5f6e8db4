package io.github.leaderlease.demo;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Help.Ansi.Style;

/** Writes what happens, one aligned line per event, under a heading per act. Used by one thread. */
final class Timeline {

    private static final List<Style> HEADING = List.of(Style.bold);
    private static final List<Style> QUIET = List.of(Style.faint);
    private static final List<Style> GOOD = List.of(Style.bold, Style.fg_green);
    private static final List<Style> BAD = List.of(Style.bold, Style.fg_red);

    /** How wide the left of two columns is. */
    static final int COLUMN = 44;

    private final PrintWriter out;
    private final Look look;
    private int acts;
    private int covered;

    Timeline(PrintWriter out, Look look) {
        this.out = out;
        this.look = look;
    }

    /**
     * One event.
     *
     * @param seconds since the start
     * @param detail may be empty
     */
    record Line(double seconds, String who, String what, String detail, List<Style> styles) {}

    /** What stands in a column. */
    record Cell(String text, List<Style> styles) {}

    /** A line of plain text, or an empty one. */
    void say(String text) {
        print(text, List.of());
    }

    void title(String text) {
        print(text, HEADING);
    }

    void good(String text) {
        print(text, GOOD);
    }

    void bad(String text) {
        print(text, BAD);
    }

    void quiet(String text) {
        print(text, QUIET);
    }

    /** The next act, and in few words what it shows and why. */
    void act(String heading, String... explanation) {
        acts++;
        say("");
        title(acts + "  " + heading);
        for (String line : explanation) {
            quiet("   " + line);
        }
        say("");
    }

    void line(Line line) {
        String time = String.format(Locale.ROOT, "%7.2f s", line.seconds());
        String event = String.format(Locale.ROOT, "%-7s %-8s", line.who(), line.what());
        uncover();
        out.println(look.paint(time, QUIET) + "  " + look.paint(look.shown(event), line.styles()) + " "
                + look.shown(line.detail()));
        out.flush();
    }

    /** Two columns, behind a time that may be empty. */
    void row(String time, Cell left, Cell right) {
        String begin = look.shown(left.text());
        String gap = right.text().isEmpty() ? "" : " ".repeat(Math.max(1, COLUMN - begin.length()));
        uncover();
        out.println(look.paint(String.format(Locale.ROOT, "%9s", time), QUIET) + "  " + look.paint(begin, left.styles())
                + gap + look.paint(look.shown(right.text()), right.styles()));
        out.flush();
    }

    /** Shows what is being waited for, on a terminal only, until the next line is written over it. */
    void waiting(String text) {
        if (look.terminal()) {
            String shown = look.shown("     " + text);
            out.print("\r" + look.paint(shown, QUIET) + " ".repeat(Math.max(0, covered - shown.length())));
            out.flush();
            covered = shown.length();
        }
    }

    private void print(String text, List<Style> styles) {
        uncover();
        out.println(look.paint(look.shown(text), styles));
        out.flush();
    }

    private void uncover() {
        if (covered > 0) {
            out.print("\r" + " ".repeat(covered) + "\r");
            covered = 0;
        }
    }
}
