package io.github.leaderlease.benchmark.peers;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.redisson.Redisson;
import org.redisson.api.RLock;
import org.redisson.config.Config;

/** Redisson's {@code RLock}, kept by its watchdog. */
final class RedissonLock extends Turns {

    private final RLock lock;

    /**
     * A candidate.
     *
     * @param watchdog how long a lock outlives its process; null for the default, 30 s
     */
    RedissonLock(Endpoints endpoints, String name, @Nullable Duration watchdog) {
        Config config = new Config();
        config.useSingleServer()
                .setAddress(endpoints.of("redis"))
                .setConnectionMinimumIdleSize(2)
                .setConnectionPoolSize(4);
        if (watchdog != null) {
            config.setLockWatchdogTimeout(watchdog.toMillis());
        }
        lock = Redisson.create(config).getLock(name);
    }

    @Override
    void acquire() {
        lock.lock();
    }

    @Override
    boolean keep() {
        return lock.isHeldByCurrentThread();
    }

    @Override
    void release() {
        lock.unlock();
    }
}
