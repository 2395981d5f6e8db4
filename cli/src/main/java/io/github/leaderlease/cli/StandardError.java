package io.github.leaderlease.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * Standard error that never makes its writer wait: what is written is queued, and a thread of its own waits for the reader.
 * A full pipe, a terminal after Ctrl-S or a log collector that hangs must hold up neither a heartbeat, nor the end of a
 * command, nor a signal. What does not fit into the queue is dropped, and how much it was is said once the reader goes on.
 */
public final class StandardError extends OutputStream {

    private static final int ROOM = 256 * 1024;
    private static final Duration EXIT_PATIENCE = Duration.ofSeconds(3);
    private static final Duration STALLED = Duration.ofMillis(500);

    private static final StandardError PROCESS = new StandardError(new FileOutputStream(FileDescriptor.err), ROOM);

    private final OutputStream out;
    private final int room;
    private final Queue<byte[]> lines = new ArrayDeque<>();
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private int queued;
    private long dropped;
    private long written;
    private boolean writing;
    private boolean started;

    StandardError(OutputStream out, int room) {
        this.out = out;
        this.room = room;
    }

    /** From now on everything that this JVM writes to {@code System.err} goes through a queue. */
    static void install() {
        System.setErr(new PrintStream(PROCESS, true, charset()));
    }

    /** That of the terminal; without a locale that of the rest of the world, since bytes pass through unchanged then. */
    static Charset charset() {
        String name = System.getProperty("stderr.encoding", System.getProperty("sun.jnu.encoding", "UTF-8"));
        Charset charset = Charset.isSupported(name) ? Charset.forName(name) : UTF_8;
        return charset.equals(US_ASCII) ? UTF_8 : charset;
    }

    /**
     * Waits for the reader as long as he goes on reading, but not for one who does not: for the end of the process, and for a
     * shutdown hook that has written, since the JVM ends right after its hooks.
     */
    public static void settle() {
        PROCESS.settle(EXIT_PATIENCE, STALLED);
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
        int begin = offset;
        for (int i = offset; i < offset + length; i++) {
            if (bytes[i] == '\n') {
                line.write(bytes, begin, i + 1 - begin);
                begin = i + 1;
                endOfLine();
            }
        }
        line.write(bytes, begin, offset + length - begin);
        if (line.size() > room) {
            endOfLine();
        }
    }

    /** Whole lines only: half of one would be mixed with what the command writes. */
    private void endOfLine() {
        byte[] whole = line.toByteArray();
        line.reset();
        if (queued + whole.length > room) {
            dropped++;
            return;
        }
        lines.add(whole);
        queued += whole.length;
        if (!started) {
            started = startWriter();
        }
        notifyAll();
    }

    private boolean startWriter() {
        Thread thread = new Thread(this::writeAll, "standard-error");
        thread.setDaemon(true);
        try {
            thread.start();
            return true;
        } catch (OutOfMemoryError noThreadNow) {
            return false; // the next line tries again
        }
    }

    private void writeAll() {
        try {
            while (true) {
                byte[] next = next();
                done(through(next));
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        }
    }

    private synchronized byte[] next() throws InterruptedException {
        while (lines.isEmpty()) {
            wait();
        }
        byte[] next = lines.remove();
        queued -= next.length;
        writing = true;
        return next;
    }

    private boolean through(byte[] bytes) {
        try {
            out.write(bytes);
            out.flush();
            return true;
        } catch (IOException nobodyReads) {
            return false; // a closed pipe or a full disk: what we do goes on all the same
        }
    }

    private synchronized void done(boolean successful) {
        writing = false;
        written++;
        if (!successful) {
            dropped++;
        } else if (dropped > 0) {
            String text = "leader-lease: " + dropped + " lines are missing here: standard error was not read in time\n";
            dropped = 0;
            byte[] note = text.getBytes(UTF_8);
            lines.add(note);
            queued += note.length;
        }
        notifyAll();
    }

    /**
     * Waits until everything is written.
     *
     * @param longest how long at most
     * @param stalled how long without any line getting through
     * @return whether all is written
     */
    synchronized boolean settle(Duration longest, Duration stalled) {
        if (line.size() > 0) {
            endOfLine();
        }
        long start = System.nanoTime();
        long progressAt = start;
        long seen = written;
        while (writing || !lines.isEmpty()) {
            long now = System.nanoTime();
            if (written != seen) {
                seen = written;
                progressAt = now;
            }
            long left = Math.min(longest.toNanos() - (now - start), stalled.toNanos() - (now - progressAt));
            if (left <= 0) {
                return false;
            }
            try {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }
}
