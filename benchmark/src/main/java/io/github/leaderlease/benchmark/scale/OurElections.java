package io.github.leaderlease.benchmark.scale;

import io.github.leaderlease.LeaderEvent.LeadershipAcquired;
import io.github.leaderlease.LeaseCoordinator;
import io.github.leaderlease.LeaseCoordinatorBuilder;
import io.github.leaderlease.benchmark.peers.LeaderLease;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A coordinator for each process, with all settings at their defaults. */
final class OurElections implements IdleElections {

    private final List<LeaseCoordinator> coordinators = new ArrayList<>();
    private final Set<String> led = ConcurrentHashMap.newKeySet();

    OurElections(TestDatabase database, int elections, int processes, boolean notifications) {
        for (int process = 0; process < processes; process++) {
            LeaseCoordinatorBuilder builder =
                    LeaseCoordinator.builder(database.url(), database.user(), database.password());
            LeaseCoordinator coordinator =
                    LeaderLease.notifications(builder, notifications).build();
            coordinators.add(coordinator);
            for (int election = 0; election < elections; election++) {
                coordinator
                        .election("election-" + election)
                        .listener(event -> {
                            if (event instanceof LeadershipAcquired) {
                                led.add(event.election());
                            }
                        })
                        .start();
            }
        }
    }

    @Override
    public int led() {
        return led.size();
    }

    @Override
    public void close() {
        coordinators.forEach(LeaseCoordinator::close);
    }
}
