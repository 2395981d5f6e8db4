package io.github.leaderlease.integration;

import io.github.leaderlease.LeaderElection;
import io.github.leaderlease.LeaderListener;
import io.github.leaderlease.LeaseCoordinator;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The main class of a node in a JVM of its own. It tells on standard output what it hears ({@code heard …}) and when
 * its own answer to "do I lead?" changed ({@code leads} or {@code stopped}, with the times of the samples). Times are
 * those of the machine's monotonic clock, which all processes on it share. It ends when its standard input does.
 */
final class ChildNode {

    static final int EXIT_STATUS = 3;

    private boolean led;
    private long lastTrue;

    private ChildNode() {}

    /** Arguments: URL, user, password, node, TTL in milliseconds, the line upon which to exit (or "-"). */
    public static void main(String[] args) throws IOException {
        LeaderListener teller = event -> {
            String line = EventLog.tell(event);
            say("heard " + line);
            if (line.equals(args[5])) {
                System.exit(EXIT_STATUS);
            }
        };
        LeaseCoordinator coordinator = LeaseCoordinator.builder(args[0], args[1], args[2])
                .nodeName(args[3])
                .ttl(Duration.ofMillis(Long.parseLong(args[4])))
                .notifications(Member.NOTIFICATIONS)
                .build();
        ScheduledExecutorService sampler = Executors.newSingleThreadScheduledExecutor();
        try (coordinator;
                LeaderElection election = coordinator
                        .election(Member.ELECTION)
                        .stopTimeout(Duration.ofSeconds(1))
                        .listener(teller)
                        .start()) {
            ChildNode node = new ChildNode();
            var sampling = sampler.scheduleAtFixedRate(() -> node.sample(election), 0, 3, TimeUnit.MILLISECONDS);
            while (System.in.read() >= 0 && !sampling.isDone()) {
                say("awake");
            }
        } finally {
            sampler.shutdownNow();
        }
    }

    private void sample(LeaderElection election) {
        long before = System.nanoTime();
        boolean leads = election.isLeader();
        if (leads != led) {
            led = leads;
            say(leads ? "leads " + before : "stopped " + lastTrue + " " + before);
        }
        if (leads) {
            lastTrue = before;
        }
    }

    private static void say(String line) {
        synchronized (System.out) {
            System.out.println("node: " + line);
            System.out.flush();
        }
    }
}
