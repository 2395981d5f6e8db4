package io.github.leaderlease.benchmark.peers;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.election.LeaderKey;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The election of etcd through jetcd: a lease that is kept alive, and a campaign. */
final class Etcd extends Turns {

    private final Client client;
    private final ByteSequence election;
    private final Duration ttl;
    private long lease;
    private @Nullable LeaderKey key;

    Etcd(Endpoints endpoints, String name, Duration ttl) {
        this.client = Client.builder().endpoints(endpoints.of("etcd")).build();
        this.election = ByteSequence.from(name, UTF_8);
        this.ttl = ttl;
    }

    @Override
    void acquire() throws Exception {
        if (lease == 0) {
            lease = client.getLeaseClient().grant(ttl.toSeconds()).get().getID();
            client.getLeaseClient().keepAlive(lease, new Quiet());
        }
        ByteSequence proposal = ByteSequence.from("candidate", UTF_8);
        key = client.getElectionClient()
                .campaign(election, lease, proposal)
                .get()
                .getLeader();
    }

    @Override
    void release() throws Exception {
        client.getElectionClient().resign(key).get();
    }

    /** What happens to the lease shows in the campaign. */
    private static final class Quiet implements StreamObserver<LeaseKeepAliveResponse> {
        @Override
        public void onNext(LeaseKeepAliveResponse answer) {}

        @Override
        public void onError(Throwable failure) {
            System.err.println("etcd: lease: " + failure);
        }

        @Override
        public void onCompleted() {}
    }
}
