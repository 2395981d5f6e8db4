package io.github.leaderlease.integration;

import io.github.leaderlease.Leader;
import io.github.leaderlease.LeaderElection;
import io.github.leaderlease.LeaseCoordinator;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The main class of a JVM with many coordinators, each a node of its own with connections of its own. Commands, one a line
 * on standard input: {@code cut N} takes node N's connections away for good, as a crash does, and puts a new node in its
 * place; {@code resign N}; {@code tally}, answered as {@link CrowdProcess.Tally} reads it; {@code threads}. It ends with its input.
 */
final class Crowd {

    /** One node. */
    private record Seat(Uplink uplink, LeaseCoordinator coordinator, List<LeaderElection> elections) {
        long led() {
            return elections.stream().filter(LeaderElection::isLeader).count();
        }

        /** The tokens of the terms that it knows of; 0 for an election that it knows no leader of. */
        LongStream tokens() {
            return elections.stream()
                    .mapToLong(election ->
                            election.leader().map(Leader::fencingToken).orElse(0L));
        }
    }

    private final PGSimpleDataSource database = new PGSimpleDataSource();
    private final Traffic traffic = new Traffic();
    private final String name;
    private final int elections;
    private final Duration ttl;
    private final List<Seat> seats = new CopyOnWriteArrayList<>();
    private int seated;
    private int tallies;

    private Crowd(String[] args) {
        database.setUrl(args[0]);
        database.setUser(args[1]);
        database.setPassword(args[2]);
        name = args[3];
        elections = Integer.parseInt(args[5]);
        ttl = Duration.ofMillis(Long.parseLong(args[6]));
    }

    /** Arguments: URL, user, password, name, number of coordinators, elections of each, TTL in milliseconds. */
    public static void main(String[] args) throws IOException {
        Crowd crowd = new Crowd(args);
        int coordinators = Integer.parseInt(args[4]);
        IntStream.range(0, coordinators).forEach(i -> crowd.seats.add(crowd.seat()));
        say("ready");
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            crowd.obey(line.split(" "));
        }
        Runtime.getRuntime().halt(0); // what it leads is left to run out: nobody looks at it any more
    }

    private Seat seat() {
        Uplink uplink = new Uplink();
        AtomicBoolean warm = new AtomicBoolean();
        LeaseCoordinator coordinator = LeaseCoordinator.builder(traffic.counted(uplink.to(database), warm::get))
                .nodeName(name + "-" + seated++)
                .ttl(ttl)
                .heartbeat(ttl.dividedBy(3))
                .notifications(false)
                .closeOnShutdown(false)
                .build();
        warm.set(true);
        return new Seat(uplink, coordinator, Candidacies.stand(coordinator, 0, elections));
    }

    private void obey(String[] command) {
        switch (command[0]) {
            case "cut" -> cut(Integer.parseInt(command[1]));
            case "resign" -> resign(seats.get(Integer.parseInt(command[1])));
            case "tally" -> tally();
            case "threads" -> say("threads " + Candidacies.threads(name));
            default -> throw new IllegalArgumentException("no command: " + String.join(" ", command));
        }
    }

    private static void resign(Seat seat) {
        CompletableFuture<Void> unused = CompletableFuture.allOf(
                seat.elections().stream().map(LeaderElection::resign).toArray(CompletableFuture[]::new));
    }

    private void cut(int index) {
        Seat former = seats.get(index);
        former.uplink().cut();
        seats.set(index, seat());
        CompletableFuture<Void> unused =
                CompletableFuture.runAsync(() -> former.coordinator().close());
    }

    private void tally() {
        long[] known = seats.stream().flatMapToLong(Seat::tokens).toArray();
        String led = seats.stream().map(seat -> Long.toString(seat.led())).collect(Collectors.joining(","));
        say("tally " + tallies++
                + " " + traffic.reads()
                + " " + traffic.attempts()
                + " " + traffic.renewals()
                + " " + LongStream.of(known).min().orElse(0)
                + " " + LongStream.of(known).max().orElse(0)
                + " " + led);
    }

    private static void say(String line) {
        synchronized (System.out) {
            System.out.println("node: " + line);
            System.out.flush();
        }
    }
}
