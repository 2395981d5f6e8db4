package io.github.leaderlease.demo;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The processes, and what each of them was last told. Used by one thread. */
final class Cast {

    private final Map<Member, Standing> standings = new LinkedHashMap<>();

    private int changes;

    /**
     * What a living process knows.
     *
     * @param sampled the time of its last report of all is well
     */
    private record Standing(
            boolean ready, long sampled, @Nullable Told told) {

        boolean leads() {
            return told != null && told.own();
        }
    }

    private record Told(long token, boolean own) {}

    void add(Member member) {
        standings.put(member, new Standing(false, 0, null));
    }

    void see(Sighting seen) {
        Member who = seen.who();
        Standing known = standings.get(who);
        NodeReport report = seen.report();
        if (known == null) {
            return;
        }
        if (report instanceof NodeReport.Ready) {
            standings.put(who, new Standing(true, report.at(), known.told()));
        } else if (report instanceof NodeReport.Sampled) {
            standings.put(who, new Standing(known.ready(), report.at(), known.told()));
        } else if (report instanceof NodeReport.Acquired won) {
            told(who, known, new Told(won.token(), true));
        } else if (report instanceof NodeReport.Follows follows) {
            told(who, known, new Told(follows.token(), false));
        } else if (report instanceof NodeReport.Lost) {
            told(who, known, null);
        } else if (report instanceof NodeReport.Killed || report instanceof NodeReport.Ended) {
            standings.remove(who);
        }
    }

    private void told(Member who, Standing known, @Nullable Told told) {
        changes++;
        standings.put(who, new Standing(known.ready(), known.sampled(), told));
    }

    /** How often any process was told anything. */
    int changes() {
        return changes;
    }

    List<Member> living() {
        return List.copyOf(standings.keySet());
    }

    boolean allReady() {
        return standings.values().stream().allMatch(Standing::ready);
    }

    /** Whether every living process has reported something that happened later than this. */
    boolean allHeardSince(long nanos) {
        return standings.values().stream().allMatch(standing -> standing.sampled() - nanos > 0);
    }

    /** Who was told that it leads. */
    Optional<Member> leader() {
        return standings.entrySet().stream()
                .filter(entry -> entry.getValue().leads())
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** Whether one leads and all others know of it. */
    boolean settled() {
        List<Standing> all = List.copyOf(standings.values());
        long known = all.stream()
                .map(Standing::told)
                .filter(told -> told != null)
                .mapToLong(Told::token)
                .distinct()
                .count();
        return leader().isPresent() && known == 1 && all.stream().allMatch(standing -> standing.told() != null);
    }
}
