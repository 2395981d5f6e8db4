package io.github.leaderlease.demo;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * All that the demo saw.
 *
 * @param sightings in the order of their times
 * @param table the rows of {@code leader_term} at the end, by token
 * @param start the zero of the timeline
 * @param end when watching ended
 */
record Evidence(List<Sighting> sightings, List<TermRow> table, Duration ttl, long start, long end) {

    List<Span> spans() {
        return Span.of(sightings, end);
    }

    /** The reports of each process, in the order in which the processes first appear. */
    Map<Member, List<NodeReport>> byMember() {
        return sightings.stream()
                .collect(Collectors.groupingBy(
                        Sighting::who,
                        java.util.LinkedHashMap::new,
                        Collectors.mapping(Sighting::report, Collectors.toList())));
    }

    /** A time on the timeline. */
    String time(long nanos) {
        return String.format(Locale.ROOT, "%.2f s", (nanos - start) / 1e9);
    }
}
