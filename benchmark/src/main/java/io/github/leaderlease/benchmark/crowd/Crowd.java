package io.github.leaderlease.benchmark.crowd;

import io.github.leaderlease.benchmark.lab.Jvm;
import io.github.leaderlease.benchmark.peers.Endpoints;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The processes of a crowd. */
final class Crowd implements AutoCloseable {

    private static final int PER_PROCESS = 250;
    private static final int MEGABYTES = 512;
    private static final Duration BOUND = Duration.ofMinutes(3);
    private static final Duration AGAIN = Duration.ofSeconds(10);

    private final List<Process> processes = new ArrayList<>();
    private final BlockingQueue<Said> said = new LinkedBlockingQueue<>();

    /** Something that one of them told. */
    private record Said(String what, long nanos) {}

    Crowd(int candidates, Duration ttl, Endpoints endpoints, Path log) throws IOException {
        for (int left = candidates; left > 0; left -= PER_PROCESS) {
            List<String> arguments = new ArrayList<>(
                    List.of(Integer.toString(Math.min(left, PER_PROCESS)), Long.toString(ttl.toMillis())));
            endpoints.words().forEach(arguments::add);
            Process process = new ProcessBuilder(Jvm.command(MEGABYTES, CrowdMain.class, arguments))
                    .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            processes.add(process);
            Thread reader = new Thread(() -> read(process), "crowd-output");
            reader.setDaemon(true);
            reader.start();
        }
    }

    private void read(Process process) {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.startsWith(CrowdMain.MARK)) {
                    String[] words = line.substring(CrowdMain.MARK.length()).split(" ", -1);
                    said.add(new Said(words[0], Long.parseLong(words[1])));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everybody stands, and somebody leads. */
    void awaitReady() throws InterruptedException, TimeoutException {
        int ready = 0;
        boolean led = false;
        while (ready < processes.size() || !led) {
            Said next = poll(BOUND, System.nanoTime());
            if (next == null) {
                throw new TimeoutException("nobody leads after " + BOUND.toSeconds() + " s");
            }
            ready += next.what().equals("ready") ? 1 : 0;
            led |= next.what().equals("leads");
        }
    }

    /** Nanoseconds from the command to whoever leads until somebody leads again. */
    long change(String command) throws IOException, InterruptedException, TimeoutException {
        said.clear();
        Said gone = null;
        long start = System.nanoTime();
        while (gone == null) {
            tell(command); // again if nobody led just then
            gone = awaitOrNull("gone", AGAIN);
            if (System.nanoTime() - start > BOUND.toNanos()) {
                throw new TimeoutException("nobody led for " + BOUND.toSeconds() + " s");
            }
        }
        Said leads = awaitOrNull("leads", BOUND);
        if (leads == null) {
            throw new TimeoutException("nobody followed in " + BOUND.toSeconds() + " s");
        }
        return leads.nanos() - gone.nanos();
    }

    void tell(String command) throws IOException {
        for (Process process : processes) {
            process.getOutputStream().write((command + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        }
    }

    private @Nullable Said awaitOrNull(String what, Duration bound) throws InterruptedException {
        long start = System.nanoTime();
        Said next = poll(bound, start);
        while (next != null && !next.what().equals(what)) {
            next = poll(bound, start);
        }
        return next;
    }

    private @Nullable Said poll(Duration bound, long start) throws InterruptedException {
        return said.poll(bound.toNanos() - (System.nanoTime() - start), TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
    }
}
