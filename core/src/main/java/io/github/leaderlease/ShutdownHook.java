package io.github.leaderlease;

/** Closes a coordinator when the JVM ends in order, so that its successors need not wait for a TTL. */
final class ShutdownHook {

    private final Thread thread;
    private volatile boolean running;

    ShutdownHook(Runnable close) {
        thread = new Thread(
                () -> {
                    running = true;
                    close.run();
                },
                "leader-lease-shutdown");
    }

    void install() {
        Runtime.getRuntime().addShutdownHook(thread);
    }

    /** A JVM that is on its way down takes no hook back; then there is nothing to take back. */
    void remove() {
        if (running) {
            return;
        }
        try {
            Runtime.getRuntime().removeShutdownHook(thread);
        } catch (IllegalStateException alreadyShuttingDown) {
            running = true;
        }
    }
}
