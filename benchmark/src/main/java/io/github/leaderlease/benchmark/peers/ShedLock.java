package io.github.leaderlease.benchmark.peers;

import io.github.leaderlease.testdatabases.Engine;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import javax.sql.DataSource;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.core.SimpleLock;
import net.javacrumbs.shedlock.provider.jdbctemplate.JdbcTemplateLockProvider;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/** ShedLock in a loop: it has no election of its own, but its lock and {@code extend} are what people build one from. */
public final class ShedLock extends Turns {

    private final LockProvider provider;
    private final String name;
    private final Duration ttl;
    private final Duration pause;
    private @Nullable SimpleLock lock;

    ShedLock(DataSource pool, String name, Duration ttl, Duration pause) {
        this.provider = provider(pool);
        this.name = name;
        this.ttl = ttl;
        this.pause = pause;
    }

    /** The table as its documentation has it. */
    static String table(Engine engine) {
        boolean millis = engine == Engine.MYSQL || engine == Engine.MARIADB;
        return "create table shedlock (name varchar(64) not null, lock_until %1$s not null, locked_at %1$s not null,"
                        .formatted(millis ? "timestamp(3)" : "timestamp")
                + " locked_by varchar(255) not null, primary key (name))";
    }

    /** With the database's clock, as is recommended. */
    public static LockProvider provider(DataSource pool) {
        return new JdbcTemplateLockProvider(JdbcTemplateLockProvider.Configuration.builder()
                .withJdbcTemplate(new JdbcTemplate(pool))
                .usingDbTime()
                .build());
    }

    /** What to lock, for how long. */
    public static LockConfiguration configuration(String name, Duration ttl) {
        return new LockConfiguration(Instant.now(), name, ttl, Duration.ZERO);
    }

    @Override
    void acquire() throws Exception {
        until(pause, () -> {
            Optional<SimpleLock> got = provider.lock(configuration(name, ttl));
            lock = got.orElse(null);
            return got.isPresent();
        });
    }

    @Override
    boolean keep() {
        lock = lock == null ? null : lock.extend(ttl, Duration.ZERO).orElse(null);
        return lock != null;
    }

    @Override
    void release() {
        if (lock != null) {
            lock.unlock();
        }
    }
}
