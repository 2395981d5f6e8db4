package io.github.leaderlease.benchmark.peers;

import java.time.Duration;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.leader.LeaderLatchListener;
import org.apache.curator.retry.ExponentialBackoffRetry;
import org.jspecify.annotations.Nullable;

/** Curator's {@code LeaderLatch} on ZooKeeper. A leader that crashed is noticed when its session ends. */
final class Curator implements Candidate {

    private static final Duration FIRST_RETRY = Duration.ofMillis(100);
    private static final int RETRIES = 3;

    private final CuratorFramework client;
    private final String name;
    private @Nullable LeaderLatch latch;

    /**
     * A candidate.
     *
     * @param session how long a session outlives its process; null for the default, 60 s
     */
    Curator(Endpoints endpoints, String name, @Nullable Duration session) {
        var builder = CuratorFrameworkFactory.builder()
                .connectString(endpoints.of("zookeeper"))
                .retryPolicy(new ExponentialBackoffRetry((int) FIRST_RETRY.toMillis(), RETRIES));
        if (session != null) {
            builder.sessionTimeoutMs((int) session.toMillis()).connectionTimeoutMs((int) session.toMillis());
        }
        this.name = name;
        client = builder.build();
        client.start();
    }

    @Override
    public void stand(Runnable leads) throws Exception {
        LeaderLatch next = new LeaderLatch(client, "/" + name);
        next.addListener(new LeaderLatchListener() {
            @Override
            public void isLeader() {
                leads.run();
            }

            @Override
            public void notLeader() {}
        });
        next.start();
        latch = next;
    }

    @Override
    public void resign() throws Exception {
        if (latch != null) {
            latch.close();
        }
    }
}
