package io.github.leaderlease.benchmark.lab;

import io.github.leaderlease.benchmark.peers.Contender;
import io.github.leaderlease.benchmark.peers.Endpoints;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** A leader and its follower, of one contender, in processes of their own. */
final class Pair implements AutoCloseable {

    private static final Duration BOUND = Duration.ofSeconds(90);
    private static final double NANOS_PER_MILLI = 1e6;

    private final Contender contender;
    private final Endpoints endpoints;
    private final Duration ttl;
    private final Path log;
    private Node leader;
    private Node follower;
    private long struck;

    Pair(Contender contender, Endpoints endpoints, Duration ttl, Path log) throws IOException {
        this.contender = contender;
        this.endpoints = endpoints;
        this.ttl = ttl;
        this.log = log;
        this.leader = launch();
        this.follower = launch();
    }

    private Node launch() throws IOException {
        return Node.launch(contender, endpoints, ttl, log);
    }

    Contender contender() {
        return contender;
    }

    /** The processes have been launched; now one leads and the other follows. */
    void begin() throws IOException, InterruptedException {
        leader.awaitReady();
        follower.awaitReady();
        leader.tell("stand");
        leader.require("leads", BOUND);
        follower.tell("stand");
    }

    /** Milliseconds from the call that resigns to the follower's callback; then they have changed places. */
    double handover() throws IOException, InterruptedException {
        double millis = change();
        leader.tell("stand");
        Node former = leader;
        leader = follower;
        follower = former;
        return millis;
    }

    private double change() throws IOException, InterruptedException {
        follower.forget();
        leader.tell("resign");
        long begun = leader.require("resigns", BOUND);
        long ended = follower.require("leads", BOUND);
        return (ended - begun) / NANOS_PER_MILLI;
    }

    /**
     * The same for a follower whose process has just been launched, as in a deployment: it stands for a while, then the leader
     * resigns and its process ends in good order. Another one is launched for the next time.
     *
     * @param age how long the follower has stood
     */
    double firstHandover(Duration age) throws IOException, InterruptedException {
        follower.awaitReady();
        follower.tell("stand");
        TimeUnit.NANOSECONDS.sleep(age.toNanos());
        double millis = change();
        leader.tell("leave");
        leader.awaitEnd();
        leader = follower;
        follower = launch();
        return millis;
    }

    /** Another process follows, which has not begun to stand. */
    void renewFollower() throws IOException {
        follower.close();
        follower = launch();
    }

    /** Kills or stops the leader, now. */
    void strike(Blow blow) throws IOException, InterruptedException {
        follower.forget();
        struck = System.nanoTime();
        if (blow == Blow.KILL) {
            leader.kill();
        } else {
            leader.signal("STOP");
        }
    }

    /** Milliseconds from the blow to the follower's callback, if it comes before the end, a reading of our clock. */
    OptionalLong sinceBlow(long end) throws InterruptedException {
        OptionalLong leads = follower.await("leads", Duration.ofNanos(Math.max(0, end - System.nanoTime())));
        return leads.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(TimeUnit.NANOSECONDS.toMicros(leads.getAsLong() - struck));
    }

    /** Ends what was struck, and launches another process in its place. */
    void replace() throws IOException, InterruptedException {
        leader.kill();
        leader = follower;
        follower = launch();
    }

    /** The new process follows. */
    void beginAgain() throws IOException, InterruptedException {
        follower.awaitReady();
        follower.tell("stand");
    }

    @Override
    public void close() {
        leader.close();
        follower.close();
    }

    /** How a leader goes down. */
    enum Blow {
        /** SIGKILL: its connections end at once. */
        KILL,
        /** SIGSTOP: its connections stay open, and nothing comes through them. */
        STOP
    }
}
