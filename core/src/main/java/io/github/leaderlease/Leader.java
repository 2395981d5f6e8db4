package io.github.leaderlease;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The leader of an election, as last observed by this process.
 *
 * @param election the name that nodes compete for
 * @param node the leader's name
 * @param fencingToken the term's fencing token
 * @param startedAt when the term started by the database's clock; for people, not for decisions
 * @param metadata what the leader wants others to know, such as its address, or null; not to be trusted
 * @param staleness how old this knowledge is; grows while the database cannot be reached
 */
public record Leader(
        String election,
        String node,
        long fencingToken,
        Instant startedAt,
        @Nullable String metadata,
        Duration staleness) {

    Leader stale(Duration by) {
        return new Leader(election, node, fencingToken, startedAt, metadata, by);
    }
}
