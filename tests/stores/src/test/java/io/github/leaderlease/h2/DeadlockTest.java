package io.github.leaderlease.h2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.leaderlease.jdbc.JdbcLeaseStore;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.ElectionVersion;
import io.github.leaderlease.spi.LeaseStore.AcquireRequest;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import io.github.leaderlease.spi.ReadResult;
import io.github.leaderlease.spi.TableNames;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A database that picks our transaction as the victim of a deadlock: the store tries again, and not for ever. */
final class DeadlockTest {

    private static final Dialect.Timeouts BOUNDS =
            new Dialect.Timeouts(Duration.ofSeconds(5), Duration.ofMillis(300), Duration.ofSeconds(2));

    private final AtomicInteger deadlocks = new AtomicInteger();
    private TestDatabase database;
    private JdbcLeaseStore store;

    @BeforeEach
    void open() throws SQLException {
        database = DatabaseUnderTest.H2_MEMORY.fresh();
        LeaseMigrations.on(database.dataSource()).migrate();
        store = JdbcLeaseStore.open(deadlocking(database.connection()), new H2Dialect(), TableNames.PLAIN, BOUNDS);
    }

    @AfterEach
    void close() {
        store.close();
        database.close();
    }

    @Test
    void anAcquireIsTriedAgainAndOpensOneTerm() {
        ReadResult before = store.read(Map.of("job", 0L));
        deadlocks.set(2);

        OptionalLong token = store.acquire(request(before));

        assertThat(token).isPresent();
        assertThat(deadlocks).hasValue(0);
        assertThat(store.read(Map.of("job", 0L))
                        .elections()
                        .get("job")
                        .openTerm()
                        .token())
                .isEqualTo(token.getAsLong());
    }

    @Test
    void oneThatNeverGetsThroughIsReportedAndChangesNothing() {
        ReadResult before = store.read(Map.of("job", 0L));
        deadlocks.set(Integer.MAX_VALUE);

        assertThatExceptionOfType(LeaseStoreException.class)
                .isThrownBy(() -> store.acquire(request(before)))
                .satisfies(e -> assertThat(e.failure()).isEqualTo(Failure.CONFLICT));

        deadlocks.set(0);
        assertThat(store.read(Map.of("job", 0L))).isEqualTo(before);
    }

    private static AcquireRequest request(ReadResult seen) {
        ElectionVersion observed =
                ElectionVersion.of(seen.incarnation(), seen.elections().get("job"));
        return new AcquireRequest(
                "job", observed, "holder", "node", null, Duration.ofSeconds(10), 0, "EXPIRED", Duration.ofMillis(300));
    }

    /** Fails the insert of a term as long as there are deadlocks left. */
    private Connection deadlocking(Connection real) {
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    boolean term = "prepareStatement".equals(method.getName())
                            && ((String) arguments[0]).matches("(?s)insert into \\S*leader_term.*");
                    if (term && deadlocks.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                        throw new SQLTransactionRollbackException("Deadlock detected", "40001", 40001);
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
