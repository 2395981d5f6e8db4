package io.github.leaderlease.benchmark.peers;

import io.github.leaderlease.testdatabases.Engine;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.integration.jdbc.lock.DefaultLockRepository;
import org.springframework.integration.jdbc.lock.JdbcLockRegistry;
import org.springframework.integration.leader.AbstractCandidate;
import org.springframework.integration.leader.Context;
import org.springframework.integration.support.leader.LockRegistryLeaderInitiator;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;

/** Spring Integration's {@code LockRegistryLeaderInitiator} on its {@code JdbcLockRegistry}. */
public final class SpringIntegration implements Candidate {

    private final DataSource pool;
    private final String name;
    private final Duration ttl;
    private final @Nullable Duration pause;
    private @Nullable LockRegistryLeaderInitiator initiator;

    /**
     * A candidate.
     *
     * @param pause between two attempts; null for the defaults
     */
    SpringIntegration(DataSource pool, String name, Duration ttl, @Nullable Duration pause) {
        this.pool = pool;
        this.name = name;
        this.ttl = ttl;
        this.pause = pause;
    }

    /** The table of its own scripts. */
    static String table(Engine engine) {
        boolean mysql = engine == Engine.MYSQL || engine == Engine.MARIADB;
        return "create table INT_LOCK (LOCK_KEY char(36) not null, REGION varchar(100) not null, CLIENT_ID char(36),"
                + " CREATED_DATE " + (mysql ? "datetime(6)" : "timestamp")
                + " not null, primary key (LOCK_KEY, REGION))";
    }

    /** Set up by hand as its Spring beans would be. */
    public static DefaultLockRepository repository(DataSource pool, Duration ttl) {
        DefaultLockRepository repository = new DefaultLockRepository(pool);
        repository.setTimeToLive((int) ttl.toMillis());
        repository.setTransactionManager(new DataSourceTransactionManager(pool));
        repository.afterPropertiesSet();
        repository.afterSingletonsInstantiated();
        repository.start();
        return repository;
    }

    /** One election. */
    public static LockRegistryLeaderInitiator initiator(JdbcLockRegistry registry, String election, Runnable leads) {
        return new LockRegistryLeaderInitiator(registry, new AbstractCandidate(null, election) {
            @Override
            public void onGranted(Context context) {
                leads.run();
            }

            @Override
            public void onRevoked(Context context) {}
        });
    }

    @Override
    public void stand(Runnable leads) {
        if (initiator == null) {
            JdbcLockRegistry registry = new JdbcLockRegistry(repository(pool, ttl));
            if (pause != null) {
                registry.setIdleBetweenTries(pause);
            }
            initiator = initiator(registry, name, leads);
            if (pause != null) {
                initiator.setBusyWaitMillis(pause.toMillis());
            }
        }
        initiator.start();
    }

    /** To yield would leave it in the race at once; to stop is what a process that goes down does. */
    @Override
    public void resign() {
        if (initiator != null) {
            initiator.stop();
        }
    }
}
