package io.github.leaderlease.benchmark.lab;

import io.github.leaderlease.benchmark.peers.Candidate;
import io.github.leaderlease.benchmark.peers.Contender;
import io.github.leaderlease.benchmark.peers.Endpoints;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * A candidate in a process of its own. It does what its standard input says, tells on standard output when it did and when
 * it became the leader, by the machine's monotonic clock, and ends when its input does.
 */
public final class CandidateMain {

    /** What our lines begin with, as libraries may print too. */
    static final String MARK = "lab: ";

    private static final PrintStream OUT = System.out;

    private CandidateMain() {}

    /**
     * Runs it.
     *
     * @param args the contender, the TTL in milliseconds, and where the servers are
     */
    public static void main(String[] args) throws Exception {
        System.setOut(System.err);
        Endpoints endpoints = Endpoints.parse(List.of(args).subList(2, args.length));
        Duration ttl = Duration.ofMillis(Long.parseLong(args[1]));
        Candidate candidate = Contender.valueOf(args[0]).candidate(endpoints, ttl);
        say("ready", System.nanoTime());
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            switch (line) {
                case "ping" -> say("pong", System.nanoTime());
                case "stand" -> candidate.stand(() -> say("leads", System.nanoTime()));
                case "resign" -> {
                    long begun = System.nanoTime();
                    candidate.resign();
                    say("resigns", begun);
                }
                case "leave" -> System.exit(0); // in good order, as a service that is stopped
                default -> throw new IllegalArgumentException(line);
            }
        }
        Runtime.getRuntime().halt(0);
    }

    private static void say(String what, long nanos) {
        synchronized (OUT) {
            OUT.println(MARK + what + " " + nanos);
            OUT.flush();
        }
    }
}
