package io.github.leaderlease.benchmark.peers;

import io.github.leaderlease.LeaderElection;
import io.github.leaderlease.LeaderEvent.LeadershipAcquired;
import io.github.leaderlease.LeaseCoordinator;
import io.github.leaderlease.LeaseCoordinatorBuilder;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** leader-lease, as its README shows it. */
public final class LeaderLease implements Candidate {

    /** Whether {@link #notifications} can choose; without it there is one variant only. */
    public static final boolean NOTIFICATIONS_CAN_BE_CHOSEN = true;

    private final Endpoints endpoints;
    private final String name;
    private final Duration ttl;
    private final boolean notifications;
    private @Nullable LeaderElection election;

    /** With nothing set but the TTL. */
    public LeaderLease(Endpoints endpoints, String name, Duration ttl, boolean notifications) {
        this.endpoints = endpoints;
        this.name = name;
        this.ttl = ttl;
        this.notifications = notifications;
    }

    /** The one place where notifications are switched. */
    public static LeaseCoordinatorBuilder notifications(LeaseCoordinatorBuilder builder, boolean on) {
        return builder.notifications(on);
    }

    /** It remains a candidate when it resigns, so only the first call does anything. */
    @Override
    public void stand(Runnable leads) {
        if (election != null) {
            return;
        }
        LeaseCoordinatorBuilder builder =
                LeaseCoordinator.builder(endpoints.of("url"), endpoints.of("user"), endpoints.of("password"));
        LeaseCoordinator coordinator =
                notifications(builder.ttl(ttl), notifications).build();
        election = coordinator
                .election(name)
                .listener(event -> {
                    if (event instanceof LeadershipAcquired) {
                        leads.run();
                    }
                })
                .start();
    }

    @Override
    public void resign() {
        LeaderElection own = election;
        if (own == null) {
            throw new IllegalStateException("never stood");
        }
        own.resign().join();
    }
}
