package io.github.leaderlease.benchmark.calls;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.leaderlease.benchmark.peers.ShedLock;
import io.github.leaderlease.benchmark.peers.SpringIntegration;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.core.SimpleLock;
import org.springframework.integration.jdbc.lock.JdbcLockRegistry;

/** The locks of the peers, on a pool of one connection each. */
final class PeerCycles {

    private static final Duration TTL = Duration.ofSeconds(10);

    private PeerCycles() {}

    private static HikariDataSource pool(TestDatabase database) {
        HikariConfig settings = new HikariConfig();
        settings.setDataSource(database.dataSource());
        settings.setMaximumPoolSize(1);
        return new HikariDataSource(settings);
    }

    static Cycle shedLock(TestDatabase database) {
        HikariDataSource pool = pool(database);
        LockProvider provider = ShedLock.provider(pool);
        return new Cycle() {
            @Override
            public long[] run() throws Exception {
                SimpleLock[] lock = new SimpleLock[1];
                long acquired = Cycle.time(() -> lock[0] =
                        provider.lock(ShedLock.configuration("one", TTL)).orElseThrow());
                long renewed = Cycle.time(
                        () -> lock[0] = lock[0].extend(TTL, Duration.ZERO).orElseThrow());
                return new long[] {acquired, renewed, Cycle.time(lock[0]::unlock)};
            }

            @Override
            public void close() {
                pool.close();
            }
        };
    }

    static Cycle spring(TestDatabase database) {
        HikariDataSource pool = pool(database);
        JdbcLockRegistry registry = new JdbcLockRegistry(SpringIntegration.repository(pool, TTL));
        Lock lock = registry.obtain("one");
        return new Cycle() {
            @Override
            public long[] run() throws Exception {
                long acquired = Cycle.time(() -> {
                    if (!lock.tryLock(1, TimeUnit.SECONDS)) {
                        throw new IllegalStateException("somebody else has the lock");
                    }
                });
                return new long[] {acquired, Cycle.time(() -> registry.renewLock("one")), Cycle.time(lock::unlock)};
            }

            @Override
            public void close() {
                pool.close();
            }
        };
    }
}
