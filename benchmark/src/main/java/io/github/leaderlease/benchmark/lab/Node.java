package io.github.leaderlease.benchmark.lab;

import io.github.leaderlease.benchmark.peers.Contender;
import io.github.leaderlease.benchmark.peers.Endpoints;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A {@link CandidateMain} seen from the lab. */
final class Node implements AutoCloseable {

    private static final Duration START_BOUND = Duration.ofSeconds(60);
    private static final Duration ANSWER_BOUND = Duration.ofSeconds(20);

    /** Something that it told, and when that happened. */
    private record Said(String what, long nanos) {}

    private final Contender contender;
    private final Process process;
    private final BlockingQueue<Said> said = new LinkedBlockingQueue<>();

    private Node(Contender contender, Process process) {
        this.contender = contender;
        this.process = process;
        Thread reader = new Thread(this::read, "node-output");
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts its process and returns at once. */
    static Node launch(Contender contender, Endpoints endpoints, Duration ttl, Path log) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(contender.name(), Long.toString(ttl.toMillis())));
        endpoints.words().forEach(arguments::add);
        Process process = new ProcessBuilder(Jvm.command(CandidateMain.class, arguments))
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        return new Node(contender, process);
    }

    private void read() {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.startsWith(CandidateMain.MARK)) {
                    String[] words = line.substring(CandidateMain.MARK.length()).split(" ", -1);
                    said.add(new Said(words[0], Long.parseLong(words[1])));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until its process is up, and makes sure that its clock is ours. */
    void awaitReady() throws IOException, InterruptedException {
        require("ready", START_BOUND);
        long before = System.nanoTime();
        tell("ping");
        long theirs = require("pong", ANSWER_BOUND);
        long after = System.nanoTime();
        if (theirs < before || theirs > after) {
            throw new IllegalStateException("System.nanoTime() of another process on this machine is " + theirs
                    + ", which is not between our " + before + " and " + after
                    + ": latencies between processes cannot be measured here");
        }
    }

    void tell(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    /** When it said so, at last; throws if it does not within the time. */
    long require(String what, Duration bound) throws InterruptedException {
        OptionalLong nanos = await(what, bound);
        if (nanos.isEmpty()) {
            throw new IllegalStateException(contender.title() + ": a candidate did not say '" + what + "' within "
                    + bound.toSeconds() + " s; " + (process.isAlive() ? "it runs" : "it has ended")
                    + "; see the log of the lab");
        }
        return nanos.getAsLong();
    }

    /** When it said so, or empty if it does not within the time. */
    OptionalLong await(String what, Duration bound) throws InterruptedException {
        long end = System.nanoTime() + bound.toNanos();
        while (true) {
            Said next = said.poll(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (next == null) {
                return OptionalLong.empty();
            }
            if (next.what().equals(what)) {
                return OptionalLong.of(next.nanos());
            }
        }
    }

    /** Forgets what it said so far. */
    void forget() {
        said.clear();
    }

    /** Whether it said so since then; does not wait. */
    boolean said(String what) {
        return said.stream().anyMatch(each -> each.what().equals(what));
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
    }

    /** Sends a signal by name. */
    void signal(String name) throws IOException, InterruptedException {
        int status = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        if (status != 0) {
            throw new IllegalStateException("kill -" + name + " " + process.pid() + " ended with status " + status);
        }
    }

    /** Waits until its process has ended by itself. */
    void awaitEnd() throws InterruptedException {
        if (!process.waitFor(ANSWER_BOUND.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException(contender.title() + ": a candidate does not end");
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
