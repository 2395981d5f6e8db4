package io.github.leaderlease.spi;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One candidate's attempt to open a new term.
 *
 * @param election the name that nodes compete for
 * @param observed the state that must still hold
 * @param holderId the candidate's random identity
 * @param nodeName its name for people
 * @param metadata what it wants others to know while it leads, or null
 * @param ttl the TTL that it asks for
 * @param highestToken the highest token that this process ever saw for this election; the new one will be larger
 * @param endReason what to write into the observed open term as the reason of its end
 */
public record AcquireRequest(
        String election,
        ElectionVersion observed,
        String holderId,
        String nodeName,
        @Nullable String metadata,
        Duration ttl,
        long highestToken,
        String endReason) {}
