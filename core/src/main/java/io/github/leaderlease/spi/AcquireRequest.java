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
 * @param lockTimeout how long to wait for transactions in flight that were fenced with the observed term
 */
public record AcquireRequest(
        String election,
        ElectionVersion observed,
        String holderId,
        String nodeName,
        @Nullable String metadata,
        Duration ttl,
        long highestToken,
        String endReason,
        Duration lockTimeout) {

    /**
     * The same after another look.
     *
     * @param other the state that must still hold
     * @return a copy
     */
    public AcquireRequest observed(ElectionVersion other) {
        return new AcquireRequest(
                election, other, holderId, nodeName, metadata, ttl, highestToken, endReason, lockTimeout);
    }

    /**
     * The same with another lock timeout.
     *
     * @param other how long to wait for fenced transactions in flight
     * @return a copy
     */
    public AcquireRequest lockTimeout(Duration other) {
        return new AcquireRequest(
                election, observed, holderId, nodeName, metadata, ttl, highestToken, endReason, other);
    }
}
