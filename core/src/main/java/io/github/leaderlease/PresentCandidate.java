package io.github.leaderlease;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A candidate of an election, as its process has announced it. For people and dashboards: who has crashed a moment ago is
 * still among the candidates, and who cannot announce itself stands for election all the same.
 *
 * @param election the name that nodes compete for
 * @param node the name of its node
 * @param label what its node tells of itself, such as a version or zone, or null; not to be trusted
 * @param priority who leads next: the highest goes first
 * @param eligible whether it would lead now; not while it is suspended or its condition does
 *     not hold, nor for a while after its job has failed
 * @param since when that was announced, by the database's clock
 * @param staleness how long ago its node was heard of, by the database's clock; up to 30 s
 */
public record PresentCandidate(
        String election,
        String node,
        @Nullable String label,
        int priority,
        boolean eligible,
        Instant since,
        Duration staleness) {}
