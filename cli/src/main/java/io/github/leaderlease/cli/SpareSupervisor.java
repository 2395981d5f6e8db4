package io.github.leaderlease.cli;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Has the next supervisor ready, so that the start of its JVM does not add to the time without a running command. */
final class SpareSupervisor implements AutoCloseable {

    private @Nullable Supervision spare;
    private boolean closed;

    synchronized void prepare() throws IOException {
        if (!closed && (spare == null || !spare.usable())) {
            spare = Supervision.start();
        }
    }

    /** The one that is ready, or a new one if somebody has ended it meanwhile. */
    synchronized Supervision take() throws IOException {
        Supervision taken = spare != null && spare.usable() ? spare : Supervision.start();
        spare = null;
        return taken;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (spare != null) {
            spare.discard();
            spare = null;
        }
    }
}
