package io.github.leaderlease.demo;

import io.github.leaderlease.cli.Program;
import io.github.leaderlease.testdatabases.Rounds;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A demo that was played inside the JVM of the test, without a terminal. */
record Run(int status, String out, String err) {

    /** A line of the timeline: time, who, what, and the rest. */
    private static final Pattern EVENT = Pattern.compile("(?m)^ *(\\d+\\.\\d\\d) s  (\\S+) +(\\S+) +(.*)$");

    private static final Pattern PROCESS = Pattern.compile("ready +process (\\d+)");

    static Run demo(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> line = new ArrayList<>(List.of("demo"));
        line.addAll(List.of(args));
        int status = Program.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(line.toArray(String[]::new));
        return new Run(status, out.toString(), err.toString());
    }

    /** On a busy machine a lease may run out by itself, and then the story is another one, as good as any. */
    Run undisturbed(Rounds round, int terms) {
        long played =
                events().stream().filter(event -> event.what().equals("LEADS")).count();
        round.require(played <= terms || status != 0, "a lease ran out by itself: " + played + " terms");
        return this;
    }

    record Event(double seconds, String who, String what, String detail) {}

    List<Event> events() {
        return EVENT.matcher(out).results().map(Run::event).toList();
    }

    private static Event event(MatchResult match) {
        return new Event(Double.parseDouble(match.group(1)), match.group(2), match.group(3), match.group(4));
    }

    /** The lines that begin with a number, in order. */
    List<String> headings() {
        return Pattern.compile("(?m)^\\d+  (.*)$")
                .matcher(out)
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    /** The processes of all nodes, as the timeline names them. */
    List<Long> pids() {
        return pids(out);
    }

    static List<Long> pids(String text) {
        return PROCESS.matcher(text)
                .results()
                .map(match -> Long.valueOf(match.group(1)))
                .toList();
    }

    static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }
}
