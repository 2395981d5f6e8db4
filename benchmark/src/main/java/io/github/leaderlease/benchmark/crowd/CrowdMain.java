package io.github.leaderlease.benchmark.crowd;

import io.github.leaderlease.LeaderElection;
import io.github.leaderlease.LeaderEvent.LeadershipAcquired;
import io.github.leaderlease.LeaseCoordinator;
import io.github.leaderlease.LeaseCoordinatorBuilder;
import io.github.leaderlease.benchmark.peers.Endpoints;
import io.github.leaderlease.benchmark.peers.LeaderLease;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Many candidates for one election, each with a coordinator of its own, by polling only. Ends when its input does. */
public final class CrowdMain {

    static final String MARK = "crowd: ";

    private static final PrintStream OUT = System.out;

    private final List<CuttableDataSource> sources = new ArrayList<>();
    private final List<LeaderElection> candidates = new ArrayList<>();

    private CrowdMain() {}

    /**
     * Runs it.
     *
     * @param args how many, the TTL in milliseconds, and where the database is
     */
    public static void main(String[] args) throws Exception {
        System.setOut(System.err);
        Endpoints endpoints = Endpoints.parse(List.of(args).subList(2, args.length));
        CrowdMain crowd = new CrowdMain();
        for (int i = 0; i < Integer.parseInt(args[0]); i++) {
            crowd.add(endpoints, Duration.ofMillis(Long.parseLong(args[1])));
        }
        say("ready");
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            crowd.obey(line);
        }
        Runtime.getRuntime().halt(0);
    }

    private void add(Endpoints endpoints, Duration ttl) {
        CuttableDataSource source =
                new CuttableDataSource(endpoints.of("url"), endpoints.of("user"), endpoints.of("password"));
        LeaseCoordinatorBuilder builder = LeaseCoordinator.builder(source).ttl(ttl);
        LeaseCoordinator coordinator = LeaderLease.notifications(builder, false).build();
        sources.add(source);
        candidates.add(coordinator
                .election("crowd")
                .listener(event -> {
                    if (event instanceof LeadershipAcquired) {
                        say("leads");
                    }
                })
                .start());
    }

    /** Says when it began, for whoever leads. */
    private void obey(String line) throws SQLException {
        if (line.equals("revive")) {
            sources.forEach(CuttableDataSource::revive);
            return;
        }
        for (int i = 0; i < candidates.size(); i++) {
            if (candidates.get(i).isLeader()) {
                say("gone");
                if (line.equals("die")) {
                    sources.get(i).die();
                } else {
                    candidates.get(i).resign().join();
                }
                return;
            }
        }
    }

    private static void say(String what) {
        long nanos = System.nanoTime();
        synchronized (OUT) {
            OUT.println(MARK + what + " " + nanos);
            OUT.flush();
        }
    }
}
