package io.github.leaderlease.cli;

import io.github.leaderlease.LeaseCoordinator;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Ends {@code run} in order, whoever asks first: a signal (the JVM then exits with 128 and its number by itself) or the end
 * of the command. The command is stopped before its lease is released, and both before the process ends.
 */
final class Shutdown implements AutoCloseable {

    private static final Duration SUPERVISOR_PATIENCE = Duration.ofSeconds(15);

    private final StandbySupervisor supervisors = new StandbySupervisor(SUPERVISOR_PATIENCE);
    private @Nullable LeaseCoordinator coordinator;
    private boolean closed;

    Shutdown() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::endProcess, "leader-lease-run-shutdown"));
    }

    private void endProcess() {
        close();
        StandardError.settle();
    }

    StandbySupervisor supervisors() {
        return supervisors;
    }

    /** Closes this one too; at once if the end has come already. */
    LeaseCoordinator closing(LeaseCoordinator opened) {
        synchronized (this) {
            coordinator = opened;
            if (!closed) {
                return opened;
            }
        }
        opened.close();
        return opened;
    }

    @Override
    public void close() {
        LeaseCoordinator open;
        synchronized (this) {
            closed = true;
            open = coordinator;
        }
        supervisors.close();
        if (open != null) {
            open.close();
        }
    }
}
