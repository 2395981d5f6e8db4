package io.github.leaderlease.testkit;

import io.github.leaderlease.spi.LeaseStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A database in memory with the two tables of the protocol, and with everything that can befall a database: its clock is
 * stepped, it fails over and loses its last transactions, somebody edits its rows or holds them locked. Thread-safe.
 */
public final class InMemoryDatabase implements StoreTables {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/-]{0,189}");

    /** A row of the lease table. */
    record LeaseRow(
            long token,
            long renewal,
            @Nullable String holderId,
            @Nullable String heir,
            long ttlMillis,
            Instant renewedAt,
            Instant expiresAt,
            String acquiredIncarnation,
            long stepDownToken) {

        LeaseRow with(String incarnation, long asked) {
            return new LeaseRow(token, renewal, holderId, heir, ttlMillis, renewedAt, expiresAt, incarnation, asked);
        }
    }

    /** A row of the term table; open while it has no end. */
    record TermRow(
            long token,
            String holderId,
            String nodeName,
            @Nullable String metadata,
            long ttlMillis,
            Instant startedAt,
            @Nullable Instant endedAt,
            @Nullable String endReason) {

        TermRow ended(Instant at, String reason) {
            return new TermRow(token, holderId, nodeName, metadata, ttlMillis, startedAt, at, reason);
        }
    }

    /** The contents of both tables at some moment, to be restored by a failover that loses what came later. */
    public static final class Snapshot {
        private final Map<String, LeaseRow> leases;
        private final Map<String, NavigableMap<Long, TermRow>> terms;

        private Snapshot(Map<String, LeaseRow> leases, Map<String, NavigableMap<Long, TermRow>> terms) {
            this.leases = new HashMap<>(leases);
            this.terms = copy(terms);
        }

        private static Map<String, NavigableMap<Long, TermRow>> copy(Map<String, NavigableMap<Long, TermRow>> terms) {
            Map<String, NavigableMap<Long, TermRow>> copy = new HashMap<>();
            terms.forEach((election, rows) -> copy.put(election, new TreeMap<>(rows)));
            return copy;
        }
    }

    final Map<String, LeaseRow> leases = new HashMap<>();
    final Map<String, NavigableMap<Long, TermRow>> terms = new HashMap<>();
    private final InMemoryPresence presence = new InMemoryPresence(this);
    private final InstantSource clock;
    private final Set<String> heldLeases = new HashSet<>();
    private final Set<String> heldTerms = new HashSet<>();
    private Duration clockOffset = Duration.ZERO;
    private String incarnation = "1";

    /** How many stores were opened, if each has a connection of its own to tell from others; -1 if none has. */
    private int connections = -1;

    private boolean refusesWrites;

    /**
     * Creates a database with empty tables.
     *
     * @param clock its own clock; only timestamps and the smallest possible token come from it
     */
    public InMemoryDatabase(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Opens a store of its own on these tables.
     *
     * @return the store
     */
    public synchronized LeaseStore open() {
        if (connections < 0) {
            return new InMemoryLeaseStore(this, null);
        }
        return new InMemoryLeaseStore(this, incarnation + ", connection " + ++connections);
    }

    /**
     * Makes this one of several servers, such as those of MySQL or MariaDB: its incarnation is its name, which stays the
     * same however often it is demoted and promoted, and each store that is opened from now on is a connection.
     *
     * @param name the server's name
     * @return this
     */
    public synchronized InMemoryDatabase asServer(String name) {
        incarnation = name;
        connections = 0;
        return this;
    }

    /**
     * Demotes or promotes this server. While it refuses writes it answers nothing, not even reads.
     *
     * @param refuses whether it is to refuse writes
     */
    public synchronized void refuseWrites(boolean refuses) {
        refusesWrites = refuses;
    }

    /**
     * Steps the database's clock.
     *
     * @param step forward, or back if negative
     */
    public synchronized void stepClock(Duration step) {
        clockOffset = clockOffset.plus(step);
    }

    /**
     * Begins a new life of the database, as a restart or a failover does.
     *
     * @param name the new incarnation; must never have been used before
     */
    public synchronized void incarnation(String name) {
        incarnation = name;
    }

    /**
     * Keeps what both tables hold now.
     *
     * @return the contents
     */
    public synchronized Snapshot snapshot() {
        return new Snapshot(leases, terms);
    }

    /**
     * Replaces all rows by those of a snapshot, of this or another database. The incarnation stays as it is.
     *
     * @param snapshot the contents
     */
    public synchronized void restore(Snapshot snapshot) {
        restore(snapshot, incarnation);
    }

    /**
     * Forgets everything that was committed since a snapshot, as a failover to a standby that lagged does.
     *
     * @param snapshot the contents to go back to
     * @param newIncarnation the incarnation after the failover
     */
    public synchronized void restore(Snapshot snapshot, String newIncarnation) {
        leases.clear();
        leases.putAll(snapshot.leases);
        terms.clear();
        terms.putAll(Snapshot.copy(snapshot.terms));
        incarnation = newIncarnation;
    }

    @Override
    public synchronized List<String> rows(Table table) {
        List<String> rows = new ArrayList<>();
        if (table == Table.LEASE) {
            new TreeMap<>(leases).forEach((election, row) -> rows.add(election + " " + row));
        } else {
            new TreeMap<>(terms)
                    .forEach((election, all) -> all.values().forEach(row -> rows.add(election + " " + row)));
        }
        return rows;
    }

    @Override
    public synchronized void clear() {
        leases.clear();
        terms.clear();
    }

    @Override
    public synchronized void delete(Table table, String election) {
        (table == Table.LEASE ? leases : terms).remove(election);
    }

    @Override
    public synchronized void insertOpenTerm(String election, long token) {
        insert(election, new TermRow(token, "somebody", "somebody", null, 1000, now(), null, null));
    }

    @Override
    public synchronized void askToStepDown(String election, long token) {
        leases.computeIfPresent(election, (name, row) -> row.with(row.acquiredIncarnation, token));
    }

    @Override
    public synchronized void outlive(String election) {
        leases.computeIfPresent(election, (name, row) -> row.with("earlier", row.stepDownToken));
    }

    @Override
    public synchronized Hold hold(Table table, String election) {
        Set<String> held = table == Table.LEASE ? heldLeases : heldTerms;
        held.add(election);
        return () -> {
            synchronized (this) {
                held.remove(election);
            }
        };
    }

    boolean isHeld(Table table, String election) {
        return (table == Table.LEASE ? heldLeases : heldTerms).contains(election);
    }

    Instant now() {
        return Instant.ofEpochMilli(clock.millis()).plus(clockOffset);
    }

    String incarnation() {
        return incarnation;
    }

    InMemoryPresence presence() {
        return presence;
    }

    boolean refusesWrites() {
        return refusesWrites;
    }

    @Nullable
    TermRow openTerm(String election) {
        NavigableMap<Long, TermRow> rows = terms.get(election);
        return rows == null
                ? null
                : rows.values().stream()
                        .filter(row -> row.endedAt == null)
                        .findFirst()
                        .orElse(null);
    }

    static boolean refuses(String election) {
        return !NAME.matcher(election).matches();
    }

    void end(String election, TermRow open, String reason) {
        terms.computeIfAbsent(election, name -> new TreeMap<>()).put(open.token, open.ended(now(), reason));
    }

    /** What primary key and unique index do. */
    void insert(String election, TermRow row) {
        NavigableMap<Long, TermRow> rows = terms.computeIfAbsent(election, name -> new TreeMap<>());
        if (rows.containsKey(row.token) || openTerm(election) != null) {
            throw new IllegalStateException(
                    "election " + election + " has an open term or token " + row.token + " already: " + rows.values());
        }
        rows.put(row.token, row);
    }
}
