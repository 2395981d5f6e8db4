package io.github.leaderlease.benchmark.scale;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.leaderlease.benchmark.peers.SpringIntegration;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.springframework.core.task.support.TaskExecutorAdapter;
import org.springframework.integration.jdbc.lock.DefaultLockRepository;
import org.springframework.integration.jdbc.lock.JdbcLockRegistry;
import org.springframework.integration.support.leader.LockRegistryLeaderInitiator;

/** An initiator for each election, which has a thread of its own, and a pool for each process; defaults. */
final class SpringElections implements IdleElections {

    private static final Duration BOUND = Duration.ofSeconds(60);

    private final List<HikariDataSource> pools = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<LockRegistryLeaderInitiator> initiators = new ArrayList<>();
    private final Set<String> led = ConcurrentHashMap.newKeySet();

    SpringElections(TestDatabase database, int elections, int processes) {
        for (int process = 0; process < processes; process++) {
            HikariConfig settings = new HikariConfig();
            settings.setDataSource(database.dataSource());
            HikariDataSource pool = new HikariDataSource(settings);
            pools.add(pool);
            Duration ttl = DefaultLockRepository.DEFAULT_TTL;
            JdbcLockRegistry registry = new JdbcLockRegistry(SpringIntegration.repository(pool, ttl));
            for (int i = 0; i < elections; i++) {
                String election = "election-" + i;
                LockRegistryLeaderInitiator initiator =
                        SpringIntegration.initiator(registry, election, () -> led.add(election));
                initiator.setTaskExecutor(new TaskExecutorAdapter(threads));
                initiators.add(initiator);
                initiator.start();
            }
        }
    }

    @Override
    public int led() {
        return led.size();
    }

    @Override
    public void close() {
        initiators.forEach(LockRegistryLeaderInitiator::stop);
        threads.shutdown();
        try {
            if (!threads.awaitTermination(BOUND.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("elections have not ended within " + BOUND.toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        pools.forEach(HikariDataSource::close);
    }
}
