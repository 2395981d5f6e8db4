package io.github.leaderlease.demo;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How long one process said yes to {@code isLeader()} in one term, by its own report.
 *
 * @param from the first yes
 * @param to the last yes; for a killed process when it was gone, for one that still leads the end of what was watched
 * @param leaderless since when nobody led, unless another already did: the last yes, or the kill
 * @param deadline until when its last renewal was good
 */
record Span(Member who, long token, long from, long to, long leaderless, long deadline, End end) {

    /** How it came to an end. */
    enum End {
        OPEN,
        KILLED,
        OVER
    }

    boolean overlaps(Span other) {
        return Math.max(from, other.from) < Math.min(to, other.to);
    }

    /** All spans, by their beginning. */
    static List<Span> of(List<Sighting> sightings, long end) {
        List<Span> closed = new ArrayList<>();
        Map<Member, Span> open = new LinkedHashMap<>();
        for (Sighting seen : sightings) {
            Span known = open.get(seen.who());
            NodeReport report = seen.report();
            if (report instanceof NodeReport.Leading begun) {
                open.put(
                        seen.who(),
                        new Span(seen.who(), begun.token(), begun.at(), end, end, begun.deadline(), End.OPEN));
            } else if (known != null && report instanceof NodeReport.Renewed renewed) {
                open.put(seen.who(), known.deadline(renewed.deadline()));
            } else if (known != null && report instanceof NodeReport.LeadingNoMore over) {
                closed.add(known.ended(over.lastYes(), over.lastYes(), End.OVER));
                open.remove(seen.who());
            } else if (known != null && report instanceof NodeReport.Killed kill) {
                closed.add(known.ended(kill.at(), kill.sent(), End.KILLED));
                open.remove(seen.who());
            }
        }
        closed.addAll(open.values());
        closed.sort(Comparator.comparingLong(Span::from));
        return closed;
    }

    private Span deadline(long later) {
        return new Span(who, token, from, to, leaderless, later, end);
    }

    private Span ended(long lastYes, long since, End how) {
        return new Span(who, token, from, lastYes, since, deadline, how);
    }
}
