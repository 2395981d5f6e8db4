package io.github.leaderlease.demo;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Judges the events that one process was told: each term that it was told of is lost exactly once, and in order. */
final class EventOrder {

    private final Member who;
    private final Evidence evidence;
    private final List<String> violations = new ArrayList<>();
    private @Nullable Told told;
    private long highest;
    private int events;
    private boolean alive = true;

    private EventOrder(Member who, Evidence evidence) {
        this.who = who;
        this.evidence = evidence;
    }

    private record Told(long token, boolean own) {}

    /** Judges the events of all processes; {@code lastToken} is what those that live must know in the end. */
    static Finding judge(Evidence evidence, long lastToken) {
        List<String> violations = new ArrayList<>();
        int events = 0;
        for (var entry : evidence.byMember().entrySet()) {
            EventOrder order = new EventOrder(entry.getKey(), evidence);
            entry.getValue().forEach(order::see);
            order.end(lastToken);
            violations.addAll(order.violations);
            events += order.events;
        }
        int processes = evidence.byMember().size();
        return new Finding(
                "Events are complete",
                events + " events on " + processes + " processes, in order, each loss told once",
                violations);
    }

    private void see(NodeReport report) {
        if (report instanceof NodeReport.Acquired won) {
            begin(won.at(), won.token(), true);
        } else if (report instanceof NodeReport.Follows follows) {
            begin(follows.at(), follows.token(), false);
        } else if (report instanceof NodeReport.Lost lost) {
            lose(lost);
        } else if (report instanceof NodeReport.Killed || report instanceof NodeReport.Ended) {
            alive = false;
        }
    }

    private void begin(long at, long token, boolean own) {
        events++;
        if (told != null) {
            violation(at, "was told of term " + token + " but never that term " + told.token() + " is lost");
        }
        if (token <= highest) {
            violation(at, "was told of term " + token + " after term " + highest);
        }
        highest = Math.max(highest, token);
        told = new Told(token, own);
    }

    private void lose(NodeReport.Lost lost) {
        events++;
        if (told == null || told.token() != lost.token()) {
            violation(lost.at(), "was told that term " + lost.token() + " is lost, but did not follow or lead in it");
        } else if (told.own() != lost.own()) {
            violation(lost.at(), "was told the wrong side of the loss of term " + lost.token());
        }
        if (lost.leading()) {
            violation(lost.at(), "still counted as leader while it was told that term " + lost.token() + " is lost");
        }
        told = null;
    }

    private void end(long lastToken) {
        if (alive && (told == null || told.token() != lastToken)) {
            String knows = told == null ? "no leader" : "term " + told.token();
            violation(evidence.end(), "knows " + knows + " in the end, but term " + lastToken + " is the last");
        }
    }

    private void violation(long at, String what) {
        violations.add("At " + evidence.time(at) + " " + who + " " + what + ".");
    }
}
