package io.github.leaderlease.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.spi.ElectionVersion;
import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.LeaseStore.AcquireRequest;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.ReadResult;
import io.github.leaderlease.spi.TermKey;
import io.github.leaderlease.testkit.StoreTables.Table;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the cases of the contract have in common: stores on the same tables, and short words for what is done to them. */
final class ContractBench implements AutoCloseable {

    static final Duration TTL = Duration.ofSeconds(10);

    private final Supplier<LeaseStore> opener;
    private final StoreTables tables;
    private final List<LeaseStore> open = new ArrayList<>();

    ContractBench(Supplier<LeaseStore> opener, StoreTables tables) {
        this.opener = opener;
        this.tables = tables;
    }

    LeaseStore store() {
        LeaseStore store = opener.get();
        open.add(store);
        return store;
    }

    StoreTables tables() {
        return tables;
    }

    static ReadResult.Election look(LeaseStore store, String election) {
        return look(store, election, 0);
    }

    static ReadResult.Election look(LeaseStore store, String election, long followed) {
        return entry(store.read(Map.of(election, followed)), election);
    }

    static ReadResult.Election entry(ReadResult reading, String election) {
        return present(reading.elections().get(election), "the answer about " + election);
    }

    static ReadResult.Lease lease(LeaseStore store, String election) {
        return present(look(store, election).lease(), "the lease of " + election);
    }

    static ReadResult.Term openTerm(LeaseStore store, String election) {
        return present(look(store, election).openTerm(), "the open term of " + election);
    }

    private static <T> T present(@Nullable T value, String what) {
        if (value == null) {
            throw new AssertionError(what + " is missing");
        }
        return value;
    }

    static ElectionVersion version(LeaseStore store, String election) {
        ReadResult reading = store.read(Map.of(election, 0L));
        return ElectionVersion.of(reading.incarnation(), entry(reading, election));
    }

    static AcquireRequest request(String election, ElectionVersion observed, String holder, long highestToken) {
        return new AcquireRequest(
                election,
                observed,
                holder,
                "node-" + holder,
                "http://" + holder,
                TTL,
                highestToken,
                "EXPIRED",
                Duration.ofMillis(300));
    }

    /** Looks and takes over at once, whoever holds it. */
    static TermKey win(LeaseStore store, String election, String holder) {
        OptionalLong token = store.acquire(request(election, version(store, election), holder, 0));
        assertThat(token).as("token of %s for %s", election, holder).isPresent();
        return new TermKey(election, token.getAsLong(), holder);
    }

    /** Both tables, all columns. */
    List<String> everything() {
        List<String> all = new ArrayList<>(tables.rows(Table.LEASE));
        all.addAll(tables.rows(Table.TERM));
        return all;
    }

    /** A candidate that loses may be told so by an empty answer, or by an error that says that nothing was changed. */
    static OptionalLong attempt(Supplier<OptionalLong> acquire) {
        try {
            return acquire.get();
        } catch (LeaseStoreException e) {
            assertThat(e.failure())
                    .as("why it could not be acquired: %s", e.getMessage())
                    .isIn(LeaseStoreException.Failure.BLOCKED, LeaseStoreException.Failure.CONFLICT);
            return OptionalLong.empty();
        }
    }

    @Override
    public void close() {
        open.forEach(LeaseStore::close);
        open.clear();
    }
}
