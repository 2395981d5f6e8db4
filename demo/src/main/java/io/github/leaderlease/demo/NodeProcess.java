package io.github.leaderlease.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A node as a process of its own. Its reports, and its end, come in on threads of this class. */
final class NodeProcess {

    private static final int LAST_WORDS = 12;
    private static final int GONE_WITHIN_SECONDS = 10;

    private final Member member;
    private final Consumer<Sighting> audience;
    private final long started = System.nanoTime();
    private final Process process;
    private final Writer input;
    private final Thread reader;
    private final Deque<String> lastWords = new ArrayDeque<>();
    private volatile @Nullable Freezer freezer;
    private volatile boolean killed;
    private volatile boolean foreignClock;

    private NodeProcess(Member member, Process process, Consumer<Sighting> audience) {
        this.member = member;
        this.process = process;
        this.audience = audience;
        this.input = new OutputStreamWriter(process.getOutputStream(), UTF_8);
        this.reader = daemon("reports of " + member, this::readReports);
        daemon("errors of " + member, this::readErrors).start();
    }

    static NodeProcess start(Member member, NodeSettings settings, Consumer<Sighting> audience) {
        try {
            NodeProcess node = new NodeProcess(member, new ProcessBuilder(command()).start(), audience);
            node.reader.start();
            settings.writeTo(node.input);
            return node;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + member, e);
        }
    }

    /** Flags for a quick start of a small JVM that leaves no file behind when it is killed. */
    private static List<String> command() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-Xshare:auto", "-Xmx96m"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), NodeMain.class.getName()));
        return command;
    }

    long pid() {
        return process.pid();
    }

    /** Whether its first report bore a time at which the process cannot have told it. */
    boolean foreignClock() {
        return foreignClock;
    }

    /** One of the words that {@link NodeMain} knows. */
    void say(String word) {
        try {
            input.write(word + "\n");
            input.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(member + " does not listen any more; " + lastWords(), e);
        }
    }

    /** SIGSTOP, until {@link #thaw} or the end of the demo. */
    void freeze() {
        freezer = Freezer.stop(pid());
        audience.accept(new Sighting(member, new NodeReport.Frozen(System.nanoTime())));
    }

    /** SIGCONT. */
    void thaw() {
        audience.accept(new Sighting(member, new NodeReport.Woken(System.nanoTime())));
        wake();
    }

    private void wake() {
        Freezer frozen = freezer;
        if (frozen != null) {
            frozen.close();
        }
    }

    /** SIGKILL; returns when the process is gone and all that it had told has come in. */
    void kill() {
        long sent = System.nanoTime();
        end();
        audience.accept(new Sighting(member, new NodeReport.Killed(System.nanoTime(), sent)));
    }

    /** Ends it without a word about it. */
    void end() {
        killed = true;
        // the handle: Process.destroyForcibly() would close the pipe, and what was told last would be lost
        process.toHandle().destroyForcibly();
        boolean interrupted = Thread.interrupted();
        try {
            if (!process.waitFor(GONE_WITHIN_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(member + " (process " + pid() + ") did not die of SIGKILL within "
                        + GONE_WITHIN_SECONDS + " s");
            }
            reader.join(TimeUnit.SECONDS.toMillis(GONE_WITHIN_SECONDS));
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            wake();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The last lines that it wrote to standard error. */
    String lastWords() {
        synchronized (lastWords) {
            return lastWords.isEmpty() ? "it left no message" : "its last words:\n" + String.join("\n", lastWords);
        }
    }

    private void readReports() {
        boolean first = true;
        try (BufferedReader lines = process.inputReader(UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                NodeReport report = ReportLine.parse(line).orElse(null);
                if (report != null) {
                    foreignClock |= first && (report.at() - started < 0 || System.nanoTime() - report.at() < 0);
                    first = false;
                    audience.accept(new Sighting(member, report));
                }
            }
            int status = process.waitFor();
            if (!killed) {
                audience.accept(new Sighting(member, new NodeReport.Ended(System.nanoTime(), status)));
            }
        } catch (IOException e) {
            hear("its reports cannot be read: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void readErrors() {
        try (BufferedReader lines = process.errorReader(UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                hear(line);
            }
        } catch (IOException e) {
            hear("its errors cannot be read: " + e.getMessage());
        }
    }

    private void hear(String line) {
        synchronized (lastWords) {
            lastWords.addLast("  " + line);
            if (lastWords.size() > LAST_WORDS) {
                lastWords.removeFirst();
            }
        }
    }

    private static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
