package io.github.leaderlease.testkit;

import io.github.leaderlease.spi.ElectionVersion;
import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.LeaseStore.AcquireRequest;
import io.github.leaderlease.spi.LeaseStore.RenewResult;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import io.github.leaderlease.spi.PresenceStore;
import io.github.leaderlease.spi.ReadResult;
import io.github.leaderlease.spi.TermKey;
import io.github.leaderlease.testkit.InMemoryDatabase.LeaseRow;
import io.github.leaderlease.testkit.InMemoryDatabase.TermRow;
import io.github.leaderlease.testkit.StoreTables.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A lease store on an {@link InMemoryDatabase}, with the meaning of the JDBC store: each call is atomic, the schema's
 * constraints hold, and no clock decides anything. A locked row answers at once with {@link Failure#BLOCKED} where the
 * JDBC store waits for a moment first. Thread-safe.
 */
public final class InMemoryLeaseStore implements LeaseStore {

    private final InMemoryDatabase database;
    private final @Nullable String session;

    InMemoryLeaseStore(InMemoryDatabase database, @Nullable String session) {
        this.database = database;
        this.session = session;
    }

    @Override
    public ReadResult read(List<ReadRequest> followed) {
        if (followed.isEmpty()) {
            throw new IllegalArgumentException("no election to read");
        }
        synchronized (database) {
            refuseIfReadOnly();
            Map<String, ReadResult.Election> elections = new HashMap<>();
            for (ReadRequest each : followed) {
                ReadResult.Election election = election(each.election(), each.knownTerm());
                if (!ElectionVersion.of(database.incarnation(), session, election)
                        .equals(each.known())) {
                    elections.put(each.election(), election);
                }
            }
            return new ReadResult(database.incarnation(), session, elections);
        }
    }

    private ReadResult.Election election(String name, long followed) {
        LeaseRow row = database.leases.get(name);
        TermRow open = database.openTerm(name);
        ReadResult.Lease lease = row == null
                ? null
                : new ReadResult.Lease(
                        row.token(),
                        row.renewal(),
                        row.holderId(),
                        row.heir(),
                        Duration.ofMillis(row.ttlMillis()),
                        row.acquiredIncarnation(),
                        Duration.between(row.renewedAt(), database.now()));
        ReadResult.Term term = open == null
                ? null
                : new ReadResult.Term(
                        open.token(),
                        open.holderId(),
                        open.nodeName(),
                        open.metadata(),
                        Duration.ofMillis(open.ttlMillis()),
                        open.startedAt());
        return new ReadResult.Election(lease, term, endReason(name, followed));
    }

    private @Nullable String endReason(String name, long followed) {
        NavigableMap<Long, TermRow> rows = database.terms.get(name);
        TermRow row = rows == null ? null : rows.get(followed);
        return row == null ? null : row.endReason();
    }

    @Override
    public OptionalLong acquire(AcquireRequest request) {
        String name = request.election();
        ElectionVersion observed = request.observed();
        if (InMemoryDatabase.refuses(name)) {
            throw new LeaseStoreException(Failure.OTHER, "the schema refuses the election name '" + name + "'", null);
        }
        synchronized (database) {
            refuseIfReadOnly();
            if (observed.openTerm() != 0) {
                refuseIfHeld(Table.TERM, name);
            }
            refuseIfHeld(Table.LEASE, name);
            TermRow open = database.openTerm(name);
            boolean sameTerm = observed.openTerm() == (open == null ? 0 : open.token());
            boolean sameLife = observed.incarnation().equals(database.incarnation());
            if (!sameTerm
                    || !sameLife
                    || !observed.holdsOn(session)
                    || !sameLease(observed, database.leases.get(name))) {
                return OptionalLong.empty();
            }
            return OptionalLong.of(openTerm(request, open));
        }
    }

    @Override
    public Map<String, OptionalLong> acquire(List<AcquireRequest> requests) {
        synchronized (database) {
            Map<String, OptionalLong> outcomes = new HashMap<>();
            for (AcquireRequest request : requests) {
                String name = request.election();
                if (!database.isHeld(Table.TERM, name) && !database.isHeld(Table.LEASE, name)) {
                    outcomes.put(name, acquire(request));
                }
            }
            return outcomes;
        }
    }

    private static boolean sameLease(ElectionVersion observed, @Nullable LeaseRow row) {
        if (row == null) {
            return !observed.rowPresent();
        }
        return observed.rowPresent() && observed.token() == row.token() && observed.renewal() == row.renewal();
    }

    private long openTerm(AcquireRequest request, @Nullable TermRow open) {
        String name = request.election();
        NavigableMap<Long, TermRow> rows = database.terms.get(name);
        long newest = rows == null || rows.isEmpty() ? 0 : rows.lastKey();
        Instant now = database.now();
        long largest =
                Math.max(request.highestToken(), Math.max(request.observed().token(), newest));
        long token = Math.max(now.toEpochMilli(), largest + 1);
        if (open != null) {
            database.end(name, open, request.endReason());
        }
        long ttl = request.ttl().toMillis();
        Instant expiry = now.plusMillis(ttl);
        String life = database.incarnation();
        database.leases.put(name, new LeaseRow(token, 0, request.holderId(), null, ttl, now, expiry, life, 0));
        database.insert(
                name,
                new TermRow(token, request.holderId(), request.nodeName(), request.metadata(), ttl, now, null, null));
        return token;
    }

    private void refuseIfReadOnly() {
        if (database.refusesWrites()) {
            throw new LeaseStoreException(Failure.READ_ONLY, database.incarnation() + " accepts no writes", null);
        }
    }

    private void refuseIfHeld(Table table, String election) {
        if (database.isHeld(table, election)) {
            throw new LeaseStoreException(
                    Failure.BLOCKED, "another transaction holds election " + election + " in " + table, null);
        }
    }

    @Override
    public Map<String, RenewResult> renew(List<TermKey> terms) {
        synchronized (database) {
            refuseIfReadOnly();
            Map<String, RenewResult> renewed = new HashMap<>();
            for (TermKey term : terms) {
                LeaseRow row = own(term);
                if (row != null && !database.isHeld(Table.LEASE, term.election())) {
                    renew(term.election(), row);
                    boolean asked = row.stepDownToken() == term.token();
                    renewed.put(term.election(), asked ? RenewResult.STEP_DOWN_REQUESTED : RenewResult.RENEWED);
                }
            }
            return renewed;
        }
    }

    @Override
    public RenewResult renewOne(TermKey term) {
        synchronized (database) {
            refuseIfReadOnly();
            LeaseRow row = own(term);
            if (row == null) {
                return database.leases.containsKey(term.election()) ? RenewResult.SUPERSEDED : RenewResult.MISSING;
            }
            refuseIfHeld(Table.LEASE, term.election());
            renew(term.election(), row);
            return row.stepDownToken() == term.token() ? RenewResult.STEP_DOWN_REQUESTED : RenewResult.RENEWED;
        }
    }

    private @Nullable LeaseRow own(TermKey term) {
        LeaseRow row = database.leases.get(term.election());
        return row != null && row.token() == term.token() && term.holderId().equals(row.holderId()) ? row : null;
    }

    private void renew(String election, LeaseRow row) {
        Instant now = database.now();
        database.leases.put(
                election,
                new LeaseRow(
                        row.token(),
                        row.renewal() + 1,
                        row.holderId(),
                        null,
                        row.ttlMillis(),
                        now,
                        now.plusMillis(row.ttlMillis()),
                        row.acquiredIncarnation(),
                        row.stepDownToken()));
    }

    @Override
    public boolean release(ReleaseRequest request) {
        TermKey term = request.term();
        synchronized (database) {
            refuseIfReadOnly();
            refuseIfHeld(Table.TERM, term.election());
            refuseIfHeld(Table.LEASE, term.election());
            TermRow open = database.openTerm(term.election());
            boolean ended = false;
            if (open != null && open.token() == term.token() && open.holderId().equals(term.holderId())) {
                database.end(term.election(), open, request.reason());
                ended = true;
            }
            LeaseRow row = own(term);
            if (row != null) {
                vacate(term.election(), row, request.heir());
            }
            return ended || row != null;
        }
    }

    @Override
    public Set<String> release(List<ReleaseRequest> requests) {
        synchronized (database) {
            Set<String> released = new HashSet<>();
            for (ReleaseRequest request : requests) {
                String name = request.term().election();
                TermRow open = database.openTerm(name);
                boolean held = database.isHeld(Table.TERM, name) || database.isHeld(Table.LEASE, name);
                boolean own = open != null
                        && open.token() == request.term().token()
                        && open.holderId().equals(request.term().holderId())
                        && own(request.term()) != null;
                if (!held && own && release(request)) {
                    released.add(name);
                }
            }
            return released;
        }
    }

    private void vacate(String election, LeaseRow row, @Nullable String heir) {
        database.leases.put(
                election,
                new LeaseRow(
                        row.token(),
                        ElectionVersion.VACANT,
                        null,
                        heir,
                        row.ttlMillis(),
                        row.renewedAt(),
                        database.now(),
                        row.acquiredIncarnation(),
                        0));
    }

    @Override
    public <T> T presence(Function<PresenceStore, T> call) {
        synchronized (database) {
            refuseIfReadOnly();
            return call.apply(database.presence());
        }
    }

    @Override
    public void close() {
        // nothing to give back
    }
}
