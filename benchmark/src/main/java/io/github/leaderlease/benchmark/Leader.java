package io.github.leaderlease.benchmark;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.github.leaderlease.LeaderEvent.LeadershipAcquired;
import io.github.leaderlease.Leadership;
import io.github.leaderlease.LeaseCoordinator;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * An application that leads for as long as it is measured.
 *
 * @param coordinator with connections of its own
 * @param term the only one
 */
record Leader(LeaseCoordinator coordinator, Leadership term) implements AutoCloseable {

    /** A heartbeat is a write too: few of them, so that they do not show. */
    private static final Duration TTL = Duration.ofSeconds(60);

    private static final Duration HEARTBEAT = Duration.ofSeconds(20);

    static Leader of(TestDatabase database) throws Exception {
        LeaseMigrations.migrate(database.dataSource());
        LeaseCoordinator coordinator = LeaseCoordinator.builder(database.url(), database.user(), database.password())
                .nodeName("benchmark")
                .ttl(TTL)
                .heartbeat(HEARTBEAT)
                .build();
        CompletableFuture<Leadership> term = new CompletableFuture<>();
        coordinator
                .election("fence-cost")
                .listener(event -> {
                    if (event instanceof LeadershipAcquired acquired) {
                        term.complete(acquired.leadership());
                    }
                })
                .start();
        return new Leader(coordinator, term.get(30, SECONDS));
    }

    @Override
    public void close() {
        coordinator.close();
    }
}
