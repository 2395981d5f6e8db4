package io.github.leaderlease;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Who leads an election, as far as this process knows.
 *
 * @param election the name that nodes compete for
 * @param node the leader's name
 * @param token the term's fencing token
 * @param since when the term started by the database's clock; for people, not for decisions
 * @param metadata what the leader wants others to know, such as its address, or null; not to be trusted
 * @param age how old this knowledge is; grows while the database cannot be reached
 */
public record Leader(
        String election,
        String node,
        long token,
        Instant since,
        @Nullable String metadata,
        Duration age) {

    Leader aged(Duration newAge) {
        return new Leader(election, node, token, since, metadata, newAge);
    }
}
