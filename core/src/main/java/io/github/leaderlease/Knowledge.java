package io.github.leaderlease;

import io.github.leaderlease.spi.Scheduler;
import io.github.leaderlease.spi.TermKey;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a candidate knows, for any thread to ask without waiting; written by the engine's thread alone. */
final class Knowledge {

    /** The current leader, and when that was last confirmed on the monotonic clock. */
    private record Observed(@Nullable Leader leader, long at) {}

    private final Scheduler time;
    private volatile @Nullable HeldTerm term;
    private volatile Observed observed;

    Knowledge(Scheduler time) {
        this.time = time;
        this.observed = new Observed(null, time.nanoTime());
    }

    void leads(HeldTerm own, Leader self, long confirmedAt) {
        term = own;
        observed = new Observed(self, confirmedAt);
    }

    void follows(@Nullable Leader leader) {
        follows(leader, observed.at());
    }

    void follows(@Nullable Leader leader, long confirmedAt) {
        term = null;
        observed = new Observed(leader, confirmedAt);
    }

    /** The term that it leads in, which may have run out a moment ago. */
    @Nullable
    HeldTerm term() {
        return term;
    }

    private @Nullable HeldTerm validTerm() {
        HeldTerm current = term;
        return current != null && current.isValid() ? current : null;
    }

    boolean isLeader() {
        return validTerm() != null;
    }

    /** Whether it still leads in this term. */
    boolean holds(TermKey key) {
        HeldTerm current = validTerm();
        return current != null && current.key().equals(key);
    }

    Optional<Leadership> leadership() {
        return Optional.ofNullable(validTerm());
    }

    Optional<Leader> leader() {
        Observed known = observed;
        long staleness = time.nanoTime() - known.at();
        return Optional.ofNullable(known.leader())
                .map(leader -> leader.stale(Duration.ofNanos(Math.max(0, staleness))));
    }
}
