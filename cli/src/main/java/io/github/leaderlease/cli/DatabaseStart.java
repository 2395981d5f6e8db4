package io.github.leaderlease.cli;

import io.github.leaderlease.LeaderLeaseException;
import io.github.leaderlease.LeaseCoordinator;
import io.github.leaderlease.LeaseCoordinatorBuilder;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gets a coordinator, if need be with new tables and after a wait for the database.
 *
 * @param patience how long to wait for a database that cannot be reached; null for not at all
 */
record DatabaseStart(
        DatabaseOptions database, boolean migrate, @Nullable Duration patience, EventOutput output) {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    /**
     * Connects.
     *
     * @param builder describes the coordinator; called again for each try
     * @throws LeaderLeaseException if the database cannot be used, or could not be reached in time
     */
    LeaseCoordinator coordinator(Supplier<LeaseCoordinatorBuilder> builder) throws InterruptedException {
        long start = System.nanoTime();
        Duration pause = FIRST_PAUSE;
        while (true) {
            try {
                return once(builder);
            } catch (LeaderLeaseException e) {
                Duration waited = Duration.ofNanos(System.nanoTime() - start);
                if (patience == null || !unreachable(e) || waited.compareTo(patience) >= 0) {
                    throw e;
                }
                String cause = Failures.message(e);
                output.tell(
                        "waiting-for-database",
                        "waiting for the database, next try in " + DurationConverter.show(pause) + ": " + cause,
                        Map.of("retry_ms", pause.toMillis(), "cause", cause));
                Thread.sleep(pause.toMillis());
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
            }
        }
    }

    /** Options are checked before anything is changed: only what the database lacks is a reason to go on and migrate. */
    private LeaseCoordinator once(Supplier<LeaseCoordinatorBuilder> builder) {
        if (!migrate) {
            return builder.get().failFast(true).build();
        }
        try {
            builder.get().failFast(true).build().close();
        } catch (LeaderLeaseException e) {
            if (unreachable(e)) {
                throw e;
            }
        }
        createTables();
        return builder.get().failFast(true).build();
    }

    private void createTables() {
        LeaseMigrations migrations = LeaseMigrations.on(database.dataSource());
        String schema = database.schema();
        String prefix = database.tablePrefix();
        migrations = schema == null ? migrations : migrations.schema(schema);
        migrations = prefix == null ? migrations : migrations.tablePrefix(prefix);
        for (String script : migrations.migrate()) {
            output.tell("migrated", "applied " + script, Map.of("script", script));
        }
    }

    private static boolean unreachable(LeaderLeaseException e) {
        return e.getCause() == null
                || !(e.getCause() instanceof LeaseStoreException known)
                || known.failure() == Failure.UNAVAILABLE;
    }
}
