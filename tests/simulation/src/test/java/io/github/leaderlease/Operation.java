package io.github.leaderlease;

import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.LeaseStore.AcquireRequest;
import io.github.leaderlease.spi.LeaseStore.RenewResult;
import io.github.leaderlease.spi.PresenceStore;
import io.github.leaderlease.spi.ReadResult;
import io.github.leaderlease.spi.TermKey;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/** What a store call is about to do, found out without doing it. */
sealed interface Operation {

    record Read() implements Operation {}

    record Acquire(AcquireRequest request) implements Operation {}

    record AcquireMany(List<AcquireRequest> requests) implements Operation {}

    record Announce() implements Operation {}

    record Presence() implements Operation {}

    record Renew(List<TermKey> terms) implements Operation {}

    record Release(TermKey term) implements Operation {}

    record ReleaseMany(List<LeaseStore.ReleaseRequest> requests) implements Operation {}

    static Operation of(Function<LeaseStore, ?> call) {
        try {
            Object answer = call.apply(new Probe());
            throw new IllegalStateException("a store call that does not call the store: " + answer);
        } catch (Found found) {
            return found.operation;
        }
    }

    /** Carries the answer out of the call. */
    final class Found extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Operation operation;

        Found(Operation operation) {
            super("found", null, false, false);
            this.operation = operation;
        }
    }

    /** A store that does nothing. */
    final class Probe implements LeaseStore {
        @Override
        public ReadResult read(List<ReadRequest> followed) {
            throw new Found(new Read());
        }

        @Override
        public OptionalLong acquire(AcquireRequest request) {
            throw new Found(new Acquire(request));
        }

        @Override
        public Map<String, OptionalLong> acquire(List<AcquireRequest> requests) {
            throw new Found(new AcquireMany(requests));
        }

        @Override
        public void publish(Collection<String> payloads) {
            throw new Found(new Announce());
        }

        @Override
        public Map<String, RenewResult> renew(List<TermKey> terms) {
            throw new Found(new Renew(terms));
        }

        @Override
        public RenewResult renewOne(TermKey term) {
            throw new Found(new Renew(List.of(term)));
        }

        @Override
        public boolean release(ReleaseRequest request) {
            throw new Found(new Release(request.term()));
        }

        @Override
        public Set<String> release(List<ReleaseRequest> requests) {
            throw new Found(new ReleaseMany(requests));
        }

        @Override
        public <T> T presence(Function<PresenceStore, T> call) {
            throw new Found(new Presence());
        }

        @Override
        public void close() {
            // nothing was opened
        }
    }
}
