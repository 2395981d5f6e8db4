package io.github.leaderlease.benchmark.scale;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.leaderlease.benchmark.peers.ShedLock;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.core.SimpleLock;

/** A thread for each process, which tries or extends each lock once per second. */
final class ShedLockElections implements IdleElections {

    private static final Duration TTL = Duration.ofSeconds(10);

    private final List<HikariDataSource> pools = new ArrayList<>();
    private final List<ScheduledExecutorService> threads = new ArrayList<>();
    private final List<ScheduledFuture<?>> loops = new ArrayList<>();
    private final Set<String> led = ConcurrentHashMap.newKeySet();

    ShedLockElections(TestDatabase database, int elections, int processes) {
        for (int process = 0; process < processes; process++) {
            HikariConfig settings = new HikariConfig();
            settings.setDataSource(database.dataSource());
            HikariDataSource pool = new HikariDataSource(settings);
            pools.add(pool);
            LockProvider provider = ShedLock.provider(pool);
            Map<String, SimpleLock> held = new ConcurrentHashMap<>();
            ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
            threads.add(thread);
            loops.add(thread.scheduleAtFixedRate(
                    () -> {
                        for (int i = 0; i < elections; i++) {
                            once(provider, held, "election-" + i);
                        }
                    },
                    0,
                    1,
                    TimeUnit.SECONDS));
        }
    }

    private void once(LockProvider provider, Map<String, SimpleLock> held, String election) {
        SimpleLock lock = held.remove(election);
        Optional<SimpleLock> next =
                lock == null ? provider.lock(ShedLock.configuration(election, TTL)) : lock.extend(TTL, Duration.ZERO);
        next.ifPresent(got -> {
            held.put(election, got);
            led.add(election);
        });
    }

    @Override
    public int led() {
        if (loops.stream().anyMatch(ScheduledFuture::isDone)) {
            throw new IllegalStateException("a loop has ended");
        }
        return led.size();
    }

    @Override
    public void close() {
        threads.forEach(ScheduledExecutorService::shutdownNow);
        pools.forEach(HikariDataSource::close);
    }
}
