package io.github.leaderlease.h2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.leaderlease.jdbc.JdbcLeaseStore;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import io.github.leaderlease.spi.TableNames;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.TestDatabase;
import io.github.leaderlease.testkit.TcpProxy;
import io.github.leaderlease.testkit.TcpProxy.Direction;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is left of a connection on which a call did not come back: H2's driver itself forgets to close it. */
final class BrokenConnectionTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    private TestDatabase database;
    private TcpProxy proxy;

    @BeforeEach
    void connect() {
        database = DatabaseUnderTest.H2_SERVER.fresh();
        LeaseMigrations.migrate(database.dataSource());
        proxy = TcpProxy.to("127.0.0.1", database.server().port());
    }

    @AfterEach
    void disconnect() {
        proxy.close();
        database.close();
    }

    private LeaseStore open(String options) throws SQLException {
        Connection connection = DriverManager.getConnection(
                database.urlThrough(proxy.port()) + options, database.user(), database.password());
        Dialect.Timeouts timeouts =
                new Dialect.Timeouts(Duration.ofSeconds(60), Duration.ofMillis(300), Duration.ofSeconds(60));
        return JdbcLeaseStore.open(connection, new H2Dialect(), TableNames.PLAIN, timeouts);
    }

    private static LeaseStoreException failure(LeaseStore store) {
        return assertThatExceptionOfType(LeaseStoreException.class)
                .isThrownBy(() -> store.read(Map.of("job", 0L)))
                .actual();
    }

    /** Not only after a garbage collection: until then the session keeps what it has locked. */
    @Test
    void isGivenBackToTheServerWhenTheDriverHasGivenItUp() throws Exception {
        LeaseStore store = open(";NETWORK_TIMEOUT=500");
        proxy.hold();
        assertThat(failure(store).failure()).isEqualTo(Failure.UNAVAILABLE);
        store.close();
        proxy.forward();
        awaitNoConnection();
    }

    @Test
    void isBrokenOffWhileTheCallHangs() throws Exception {
        LeaseStore store = open("");
        proxy.hold(Direction.REPLIES);
        long sent = proxy.bytes(Direction.REQUESTS);
        CompletableFuture<LeaseStoreException> call = CompletableFuture.supplyAsync(() -> failure(store));
        assertThat(proxy.awaitBytes(Direction.REQUESTS, sent + 1, SOON)).isTrue();
        store.abort();
        assertThat(call.get(SOON.toSeconds(), TimeUnit.SECONDS).failure()).isEqualTo(Failure.UNAVAILABLE);
        store.close();
        proxy.forward();
        awaitNoConnection();
    }

    private void awaitNoConnection() {
        long begun = System.nanoTime();
        while (proxy.openConnections() > 0 && System.nanoTime() - begun < SOON.toNanos()) {
            Thread.onSpinWait();
        }
        assertThat(proxy.openConnections()).isZero();
    }
}
