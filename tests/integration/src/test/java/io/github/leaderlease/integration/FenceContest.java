package io.github.leaderlease.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.jdbc.JdbcLeaseStore;
import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.ElectionVersion;
import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.LeaseStore.AcquireRequest;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import io.github.leaderlease.spi.ReadResult;
import io.github.leaderlease.spi.TableNames;
import io.github.leaderlease.spi.TermKey;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Writers that ignore all clocks and hold on to a term until they are refused, against contenders that depose each other
 * all the time. Each new leader counts the rows of the term before, right after its own commit; a row that shows up
 * later is a violation.
 */
final class FenceContest {

    private static final String ELECTION = "contest";
    private static final Duration PATIENCE = Duration.ofMillis(300);
    private static final int CONTENDERS = 2;
    private static final int LOOK_BACK = 3;

    /** What a writer does between its work and its commit. */
    @FunctionalInterface
    interface Fencing {
        /** False if it must not commit. */
        boolean mayCommit(Connection connection, TermKey term) throws SQLException;
    }

    /** When to end: both numbers reached, or enough violations seen. */
    record Goal(int takeovers, int commits, int violations) {
        static Goal clean(int takeovers, int commits) {
            return new Goal(takeovers, commits, Integer.MAX_VALUE);
        }

        /** A control is caught as soon as it has failed. */
        static Goal caught(int takeoversAtMost) {
            return new Goal(takeoversAtMost, 0, 1);
        }
    }

    /** What came of it. */
    record Result(int takeovers, long commits, long refused, long violations, Duration longestTakeover) {}

    private final DataSource contenders;
    private final DataSource writers;
    private final Dialect dialect;
    private final Fencing fencing;
    private final int isolation;
    private final Goal goal;
    private final Semaphore finished = new Semaphore(0);
    private final Map<Long, Long> sealed = new ConcurrentSkipListMap<>();
    private final AtomicInteger takeovers = new AtomicInteger();
    private final AtomicLong commits = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong violations = new AtomicLong();
    private final AtomicLong longest = new AtomicLong();
    private final int perTerm;
    private volatile @Nullable TermKey current;
    private volatile boolean stopped;

    private FenceContest(
            DataSource contenders, DataSource writers, Dialect dialect, int isolation, Fencing fencing, Goal goal) {
        this.contenders = contenders;
        this.writers = writers;
        this.dialect = dialect;
        this.isolation = isolation;
        this.fencing = fencing;
        this.goal = goal;
        this.perTerm = Math.max(5, goal.commits / goal.takeovers);
    }

    /** Runs a contest of its own on tables of its own making. */
    static Result run(TestDatabase database, Dialect dialect, int isolation, int writers, Fencing fencing, Goal goal)
            throws Exception {
        return run(database.dataSource(), database.dataSource(), dialect, isolation, writers, fencing, goal);
    }

    /** The same with contenders and writers on two nodes of a cluster. */
    static Result run(
            DataSource contenders,
            DataSource writers,
            Dialect dialect,
            int isolation,
            int count,
            Fencing fencing,
            Goal goal)
            throws Exception {
        try (Connection connection = contenders.getConnection()) {
            Sql.run(
                    connection,
                    "drop table if exists fenced_rows",
                    "create table fenced_rows (writer int not null, nr int not null, token bigint not null,"
                            + " primary key (writer, nr))",
                    "create index fenced_rows_token on fenced_rows (token)",
                    "delete from leader_term where election_name = '" + ELECTION + "'",
                    "delete from leader_lease where election_name = '" + ELECTION + "'");
        }
        return new FenceContest(contenders, writers, dialect, isolation, fencing, goal).run(count);
    }

    private Result run(int count) throws Exception {
        List<Callable<Void>> all = new ArrayList<>();
        for (int i = 0; i < CONTENDERS; i++) {
            String holder = "contender-" + i;
            all.add(() -> contend(holder));
        }
        for (int i = 0; i < count; i++) {
            int writer = i;
            all.add(() -> write(writer));
        }
        ExecutorService threads = Executors.newFixedThreadPool(all.size());
        try {
            List<Future<Void>> running = all.stream().map(threads::submit).toList();
            for (Future<Void> each : running) {
                each.get(10, TimeUnit.MINUTES);
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } finally {
            stop();
            threads.shutdownNow();
            assertThat(threads.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        }
        Duration worst = Duration.ofNanos(longest.get());
        return new Result(takeovers.get(), commits.get(), refused.get(), lateRows(), worst);
    }

    private boolean goes() {
        boolean reached = (takeovers.get() >= goal.takeovers && commits.get() >= goal.commits)
                || violations.get() >= goal.violations;
        if (reached) {
            stop();
        }
        return !stopped;
    }

    private void stop() {
        stopped = true;
        finished.release(CONTENDERS * perTerm);
    }

    private @Nullable Void contend(String holder) throws Exception {
        Dialect.Timeouts bounds = new Dialect.Timeouts(Duration.ofSeconds(10), PATIENCE, Duration.ofSeconds(10));
        try (LeaseStore store = JdbcLeaseStore.open(contenders.getConnection(), dialect, TableNames.PLAIN, bounds);
                Connection counter = contenders.getConnection()) {
            long wanted = 0;
            while (goes()) {
                if (wanted == 0) {
                    finished.acquire(current == null ? 0 : perTerm);
                    wanted = System.nanoTime();
                }
                if (takeover(store, counter, holder)) {
                    long took = System.nanoTime() - wanted;
                    longest.accumulateAndGet(took, Math::max);
                    wanted = 0;
                }
            }
            return null;
        } catch (Exception e) {
            stop();
            throw e;
        }
    }

    private boolean takeover(LeaseStore store, Connection counter, String holder) throws SQLException {
        ReadResult reading = store.read(Map.of(ELECTION, 0L));
        ReadResult.Election seen = reading.elections().get(ELECTION);
        ReadResult.Term open = seen.openTerm();
        ElectionVersion observed = ElectionVersion.of(reading.incarnation(), seen);
        AcquireRequest request = new AcquireRequest(
                ELECTION, observed, holder, holder, null, Duration.ofSeconds(1), 0, "EXPIRED", PATIENCE);
        OptionalLong token;
        try {
            token = store.acquire(request);
        } catch (LeaseStoreException e) {
            if (e.failure() == Failure.BLOCKED || e.failure() == Failure.CONFLICT) {
                return false;
            }
            throw e;
        }
        if (token.isEmpty()) {
            return false;
        }
        if (open != null) {
            sealed.put(open.token(), rows(counter, open.token()));
            takeovers.incrementAndGet();
            lookBack(counter);
        }
        current = new TermKey(ELECTION, token.getAsLong(), holder);
        return true;
    }

    /** So that a control ends as soon as it has failed. */
    private void lookBack(Connection counter) throws SQLException {
        List<Long> tokens = List.copyOf(sealed.keySet());
        if (tokens.size() > LOOK_BACK) {
            long token = tokens.get(tokens.size() - 1 - LOOK_BACK);
            violations.addAndGet(Math.max(0, rows(counter, token) - sealed.get(token)));
        }
    }

    private static long rows(Connection connection, long token) throws SQLException {
        try (PreparedStatement count =
                connection.prepareStatement("select count(*) from fenced_rows where token = ?")) {
            count.setLong(1, token);
            try (ResultSet row = count.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** All rows that came after their term was sealed. */
    private long lateRows() throws SQLException {
        long late = 0;
        try (Connection connection = contenders.getConnection()) {
            for (Map.Entry<Long, Long> term : sealed.entrySet()) {
                late += Math.abs(rows(connection, term.getKey()) - term.getValue());
            }
        }
        return late;
    }

    private @Nullable Void write(int writer) throws Exception {
        try (Connection connection = writers.getConnection()) {
            connection.setTransactionIsolation(isolation);
            connection.setAutoCommit(false);
            TermKey term = null;
            for (int nr = 0; goes(); nr++) {
                term = term == null ? current : term;
                if (term != null && !write(connection, writer, nr, term)) {
                    term = null;
                }
            }
            return null;
        } catch (Exception e) {
            stop();
            throw e;
        }
    }

    /** One transaction; false if the term turned out to be over. */
    private boolean write(Connection connection, int writer, int nr, TermKey term) throws SQLException {
        try {
            try (PreparedStatement insert = connection.prepareStatement("insert into fenced_rows values (?, ?, ?)")) {
                insert.setInt(1, writer);
                insert.setInt(2, nr);
                insert.setLong(3, term.token());
                insert.executeUpdate();
            }
            if (fencing.mayCommit(connection, term)) {
                connection.commit();
                commits.incrementAndGet();
                return true;
            }
            connection.rollback();
        } catch (SQLException e) {
            connection.rollback();
            Failure kind = dialect.classify(e);
            if (kind != Failure.CONFLICT && kind != Failure.BLOCKED) {
                throw e;
            }
        } finally {
            finished.release();
        }
        refused.incrementAndGet();
        return false;
    }
}
