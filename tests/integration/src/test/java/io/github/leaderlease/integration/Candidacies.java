package io.github.leaderlease.integration;

import static org.awaitility.Awaitility.await;

import io.github.leaderlease.LeaderElection;
import io.github.leaderlease.LeaderElectionBuilder;
import io.github.leaderlease.LeaderListener;
import io.github.leaderlease.LeaseCoordinator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The candidacies of one node in many elections. */
final class Candidacies {

    private Candidacies() {}

    static List<LeaderElection> stand(LeaseCoordinator coordinator, int from, int to, LeaderListener... listeners) {
        List<LeaderElection> elections = new ArrayList<>();
        for (int i = from; i < to; i++) {
            LeaderElectionBuilder election = coordinator.election("job-" + i);
            List.of(listeners).forEach(election::listener);
            elections.add(election.start());
        }
        return elections;
    }

    static long led(Collection<LeaderElection> elections) {
        return elections.stream().filter(LeaderElection::isLeader).count();
    }

    static void awaitAllLed(Collection<LeaderElection> elections, Duration bound) {
        await().alias("all are led")
                .atMost(bound)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> led(elections), led -> led == elections.size());
    }

    /** The threads of nodes whose name begins so; without those that run listeners, which come and go with the events. */
    static int threads(String node) {
        return Math.toIntExact(Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().matches("leader-lease-(?!events)[a-z]+-" + node + ".*"))
                .count());
    }
}
