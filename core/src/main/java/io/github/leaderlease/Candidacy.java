package io.github.leaderlease;

import io.github.leaderlease.spi.ElectionVersion;
import io.github.leaderlease.spi.LeaseStore.AcquireRequest;
import io.github.leaderlease.spi.PresenceStore.Entry;
import io.github.leaderlease.spi.ReadResult;
import io.github.leaderlease.spi.Scheduler;
import io.github.leaderlease.spi.TermKey;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What does not change about one candidate: who it is and how it counts.
 *
 * @param nodeId the identity of its process
 * @param holderId its identity: random, for a host name is not unique and a restarted process is somebody else
 * @param priority the highest goes first
 * @param failBackAfter for how long it leads on once a better candidate is present; null for ever
 * @param fence what terms can be used for in transactions
 */
record Candidacy(
        String election,
        String node,
        String nodeId,
        String holderId,
        int priority,
        @Nullable Duration failBackAfter,
        @Nullable String metadata,
        Timing timing,
        Scheduler time,
        HeldTerm.Fence fence) {

    AcquireRequest request(ElectionVersion observed, long highestToken, LossReason endReason) {
        return new AcquireRequest(
                election,
                observed,
                holderId,
                node,
                metadata,
                timing.ttl(),
                highestToken,
                endReason.name(),
                Timing.lockTimeout(timing.ttl()));
    }

    Entry entry(boolean available) {
        return new Entry(election, holderId, priority, available);
    }

    HeldTerm term(long token, ClockReading anchor) {
        return new HeldTerm(new TermKey(election, token, holderId), node, timing, time, anchor, fence);
    }

    Leader leader(ReadResult.Term term) {
        return new Leader(election, term.nodeName(), term.token(), term.startedAt(), term.metadata(), Duration.ZERO);
    }
}
