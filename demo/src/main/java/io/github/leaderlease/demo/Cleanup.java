package io.github.leaderlease.demo;

import java.io.PrintWriter;
import java.util.ArrayDeque;
import java.util.Deque;

/** Closes what the demo has opened, the last first, once: at its end, or when Ctrl-C or SIGTERM ends the JVM. */
final class Cleanup implements AutoCloseable {

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final PrintWriter err;
    private final Runnable settle;
    private final Thread hook = new Thread(this::interrupted, "demo-cleanup");
    private boolean used;
    private boolean failed;

    /**
     * Adds the hook.
     *
     * @param err where to say what could not be closed
     * @param settle waits until what was said has arrived: the JVM ends right after its hooks
     */
    Cleanup(PrintWriter err, Runnable settle) {
        this.err = err;
        this.settle = settle;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    synchronized void add(AutoCloseable closeable) {
        opened.push(closeable);
        used = true;
    }

    /** Whether something could not be closed, which was said on standard error. */
    synchronized boolean failed() {
        return failed;
    }

    @Override
    public void close() {
        closeAll();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // the hook has nothing left to do
        }
    }

    /** What the end of the JVM closes by itself can make the demo close the rest before this thread comes to it. */
    synchronized void interrupted() {
        closeAll();
        if (used && !failed) {
            err.println();
            err.println(DemoCommand.NAME + "interrupted; its processes and tables are gone");
            err.flush();
        }
        settle.run();
    }

    private synchronized void closeAll() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                failed = true;
                err.println(DemoCommand.NAME + e.getMessage());
                err.flush();
            }
        }
    }
}
