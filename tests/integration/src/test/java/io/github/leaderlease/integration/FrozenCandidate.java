package io.github.leaderlease.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.jdbc.JdbcLeaseStore;
import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.ElectionVersion;
import io.github.leaderlease.spi.LeaseStore.AcquireRequest;
import io.github.leaderlease.spi.ReadResult;
import io.github.leaderlease.spi.TableNames;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A candidate in a JVM of its own that comes no further than the middle of its attempt: in its open transaction the
 * leader's term has ended, the lease is not yet taken.
 */
final class FrozenCandidate implements AutoCloseable {

    private static final String HALF_WAY = "half-way";
    private static final Duration START = Duration.ofSeconds(30);

    private final Process process;

    private FrozenCandidate(Process process) {
        this.process = process;
    }

    /** Comes back when it has got half-way; it is stopped then. */
    static FrozenCandidate start(TestDatabase database, Duration ttl) throws Exception {
        List<String> command = ChildProcess.jvm(
                FrozenCandidate.class,
                database.url(),
                database.user(),
                database.password(),
                Long.toString(ttl.toMillis()));
        FrozenCandidate candidate = new FrozenCandidate(
                new ProcessBuilder(command).redirectErrorStream(true).start());
        try {
            candidate.awaitHalfWay();
            candidate.stop();
            return candidate;
        } catch (Exception | AssertionError e) {
            candidate.close();
            throw e;
        }
    }

    private void awaitHalfWay() throws Exception {
        StringBuilder said = new StringBuilder();
        CompletableFuture<Boolean> there =
                CompletableFuture.supplyAsync(() -> process.inputReader(StandardCharsets.UTF_8)
                        .lines()
                        .peek(line -> said.append(line).append('\n'))
                        .anyMatch(HALF_WAY::equals));
        assertThat(there.get(START.toMillis(), TimeUnit.MILLISECONDS))
                .as("%s", said)
                .isTrue();
    }

    private void stop() throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-STOP", Long.toString(process.pid())).start();
        assertThat(kill.waitFor()).as("kill -STOP").isZero();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** Arguments: URL, user, password, TTL in milliseconds. */
    public static void main(String[] args) throws Exception {
        Duration ttl = Duration.ofMillis(Long.parseLong(args[3]));
        Duration attempt = ttl.dividedBy(5);
        Duration lockTimeout = Duration.ofMillis(300);
        Connection connection = DriverManager.getConnection(args[0], args[1], args[2]);
        Dialect dialect = FenceDialects.of(connection);
        Connection parking = TamperedConnection.of(connection, FrozenCandidate::parkOnTheWayToTheLease);
        JdbcLeaseStore store = JdbcLeaseStore.open(
                parking, dialect, TableNames.PLAIN, new Dialect.Timeouts(attempt, lockTimeout, attempt));
        boolean many = dialect.exclusiveFences().isPresent();
        while (!attempt(store, many, ttl, lockTimeout)) {
            // the leader has renewed in between, so it was not as observed, or does so just now
        }
        throw new IllegalStateException("it was to stop half-way, and has won");
    }

    /** Stops half-way, unless the lease is not as observed any more. */
    private static boolean attempt(JdbcLeaseStore store, boolean many, Duration ttl, Duration lockTimeout) {
        ReadResult reading = store.read(Map.of(Member.ELECTION, 0L));
        ElectionVersion seen =
                ElectionVersion.of(reading.incarnation(), reading.elections().get(Member.ELECTION));
        AcquireRequest request =
                new AcquireRequest(Member.ELECTION, seen, "frozen", "frozen", null, ttl, 0, "EXPIRED", lockTimeout);
        OptionalLong token = many
                ? store.acquire(List.of(request)).getOrDefault(Member.ELECTION, OptionalLong.empty())
                : store.acquire(request);
        return token.isPresent();
    }

    /**
     * After the end of the observed term comes the question for the newest token; among several attempts in one transaction,
     * which is what PostgreSQL has more than one statement for, the lease.
     */
    private static void parkOnTheWayToTheLease(String method, Object[] arguments) {
        String sql = method.equals("prepareStatement") ? String.valueOf(arguments[0]) : "";
        if ((sql.contains("max(token)") && !sql.contains("with ")) || sql.contains("set token = k.token")) {
            System.out.println(HALF_WAY);
            System.out.flush();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
