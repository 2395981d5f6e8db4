package io.github.leaderlease.benchmark.scale;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.leaderlease.benchmark.peers.ShedLock;
import io.github.leaderlease.benchmark.peers.SpringIntegration;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.core.SimpleLock;
import org.springframework.integration.jdbc.lock.JdbcLockRegistry;

/** A peer's locks, each prolonged by the thread that holds it, on a pool with a connection per thread. */
final class PeerRenewers implements Renewer {

    private static final Duration TTL = Duration.ofMinutes(10);

    private final HikariDataSource pool;
    private final List<ExecutorService> threads = new ArrayList<>();
    private final List<Callable<Boolean>> shares = new ArrayList<>();

    private PeerRenewers(HikariDataSource pool) {
        this.pool = pool;
    }

    /** What prolongs the locks of one thread. */
    private interface Share {
        Callable<Boolean> of(DataSource pool, List<String> names) throws Exception;
    }

    static PeerRenewers shedLock(TestDatabase database, int threads, int locks) throws Exception {
        return of(database, threads, locks, "shedlock", PeerRenewers::shedLocks);
    }

    static PeerRenewers spring(TestDatabase database, int threads, int locks) throws Exception {
        return of(database, threads, locks, "spring", PeerRenewers::springLocks);
    }

    private static PeerRenewers of(TestDatabase database, int threads, int locks, String prefix, Share share)
            throws Exception {
        HikariConfig settings = new HikariConfig();
        settings.setDataSource(database.dataSource());
        settings.setMaximumPoolSize(threads);
        PeerRenewers renewers = new PeerRenewers(new HikariDataSource(settings));
        for (int thread = 0; thread < threads; thread++) {
            List<String> names = new ArrayList<>();
            for (int lock = thread; lock < locks; lock += threads) {
                names.add(prefix + "-" + threads + "-" + locks + "-" + lock);
            }
            ExecutorService executor = Executors.newSingleThreadExecutor();
            renewers.threads.add(executor);
            renewers.shares.add(
                    executor.submit(() -> share.of(renewers.pool, names)).get());
        }
        return renewers;
    }

    private static Callable<Boolean> shedLocks(DataSource pool, List<String> names) {
        LockProvider provider = ShedLock.provider(pool);
        List<SimpleLock> locks = new ArrayList<>();
        names.forEach(name ->
                locks.add(provider.lock(ShedLock.configuration(name, TTL)).orElseThrow()));
        return () -> {
            locks.replaceAll(lock -> lock.extend(TTL, Duration.ZERO).orElseThrow());
            return true;
        };
    }

    private static Callable<Boolean> springLocks(DataSource pool, List<String> names) throws InterruptedException {
        JdbcLockRegistry registry = new JdbcLockRegistry(SpringIntegration.repository(pool, TTL));
        for (String name : names) {
            if (!registry.obtain(name).tryLock(1, TimeUnit.SECONDS)) {
                throw new IllegalStateException(name + " is locked");
            }
        }
        return () -> {
            names.forEach(registry::renewLock);
            return true;
        };
    }

    @Override
    public void renewAll() throws Exception {
        List<Future<Boolean>> running = new ArrayList<>();
        for (int i = 0; i < shares.size(); i++) {
            running.add(threads.get(i).submit(shares.get(i)));
        }
        for (Future<Boolean> each : running) {
            each.get();
        }
    }

    @Override
    public void close() {
        threads.forEach(ExecutorService::shutdownNow);
        pool.close();
    }
}
