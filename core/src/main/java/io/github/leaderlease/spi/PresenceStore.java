package io.github.leaderlease.spi;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who stands for what: hints, for people and for the choice of an heir. No right to lead follows from them, and none is
 * refused because of them. What is wrong, missing or out of date costs a delay, so a store may do without them all. Calls block and throw as those of
 * {@link LeaseStore}, with which they share a connection.
 */
public interface PresenceStore {

    /**
     * One process.
     *
     * @param nodeId its random identity
     * @param nodeName its name for people
     * @param label what it tells of itself, such as a version or zone; null if nothing
     * @param ttl after so long without {@link #announce} it is taken for gone
     */
    record Node(String nodeId, String nodeName, @Nullable String label, Duration ttl) {}

    /**
     * What a process stands for.
     *
     * @param election the election
     * @param holderId the candidate
     * @param priority the highest goes first
     * @param eligible whether it would lead if it could
     */
    record Entry(String election, String holderId, int priority, boolean eligible) {}

    /**
     * A candidate as others see it.
     *
     * @param election the election
     * @param nodeName its process's name for people
     * @param label what its process tells of itself; null if nothing
     * @param priority the highest goes first
     * @param eligible whether it would lead if it could
     * @param since when that was announced, by the database's clock
     * @param staleness how long ago its process was heard of, by the database's clock
     */
    record Present(
            String election,
            String nodeName,
            @Nullable String label,
            int priority,
            boolean eligible,
            Instant since,
            Duration staleness) {}

    /**
     * A process that shall lead next.
     *
     * @param nodeId its identity
     * @param nodeName its name for people
     * @param priority its candidate's
     */
    record Heir(String nodeId, String nodeName, int priority) {}

    /**
     * Says that a process is there, and what has changed about what it stands for.
     *
     * @param node the process
     * @param standing elections that it stands for, new or changed
     * @param left elections that it does not stand for any more
     * @return false if the process was not known, so that all that it stands for has to be announced
     */
    default boolean announce(Node node, List<Entry> standing, Collection<String> left) {
        return true;
    }

    /**
     * Removes all that was announced for a process.
     *
     * @param nodeId the process
     * @return whether there was anything
     */
    default boolean leave(String nodeId) {
        return false;
    }

    /**
     * Removes one process that has not been heard of for a long time, if there is any.
     *
     * @param silence for how long
     * @return whether there was one
     */
    default boolean sweep(Duration silence) {
        return false;
    }

    /**
     * Chooses for each election the process that shall lead next: of those that are there and eligible, the first by
     * priority and then in the ring of holder ids, seen from that of the process that asks.
     *
     * @param elections the elections
     * @param exceptNodeId the process that asks
     * @param nodeName only processes of this name; null for all
     * @return the heir by election; an election for which nobody else stands is missing
     */
    default Map<String, Heir> heirs(Collection<String> elections, String exceptNodeId, @Nullable String nodeName) {
        return Map.of();
    }

    /**
     * Tells how many go before a process when a leader is gone: of those that are there and eligible, without the holder of
     * the open term, in the order of {@link #heirs}, seen from that holder.
     *
     * @param elections the elections
     * @param nodeId the process that asks
     * @return that number by election; an election for which it does not stand is missing
     */
    default Map<String, Integer> ranks(Collection<String> elections, String nodeId) {
        return Map.of();
    }

    /**
     * Shows who stands for an election, the heirs first.
     *
     * @param election the election
     * @return those that are there; who has crashed just now may be among them
     */
    default List<Present> candidates(String election) {
        return List.of();
    }
}
