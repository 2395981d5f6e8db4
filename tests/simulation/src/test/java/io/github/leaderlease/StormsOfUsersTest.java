package io.github.leaderlease;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.LeaderEvent.LeadershipAcquired;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever users do in a loop, on two nodes or on two hundred: the leader does not change more than a few times a second. */
final class StormsOfUsersTest {

    private static final Duration TTL = Duration.ofSeconds(10);
    private static final int NODES = 100;
    private static final long SECONDS = 40;

    /** Who is told of each change sees the storm at once; who polls sees a part of it, and needs some looks. */
    private static final long MOST_TOLD = 2 * SECONDS;

    private static final long MOST_SEEN = 5 * SECONDS;

    @BeforeAll
    static void quietLog() {
        QuietLog.set();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aListenerThatResigns(boolean telling) {
        CalmWorld world = new CalmWorld(Duration.ZERO, telling);
        for (int i = 0; i < NODES; i++) {
            Candidate unused = stand(
                    world.process(),
                    "node" + i,
                    candidate -> candidate.requests().resign(new CompletableFuture<>()));
        }
        assertFewChanges(world, telling ? MOST_TOLD : MOST_SEEN);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void startedAndClosedInALoop(boolean telling) {
        CalmWorld world = new CalmWorld(Duration.ZERO, telling);
        for (int i = 0; i < NODES; i++) {
            standAndClose(world.process(), "node" + i);
        }
        assertFewChanges(world, telling ? MOST_TOLD : MOST_SEEN);
    }

    private static void standAndClose(CalmWorld.Peer process, String node) {
        CompletableFuture<Void> unused =
                stand(process, node, Candidate::close).closed().thenRun(() -> standAndClose(process, node));
    }

    /** A candidate that does this whenever it leads. */
    private static Candidate stand(CalmWorld.Peer process, String node, Consumer<Candidate> whenItLeads) {
        Candidate[] own = new Candidate[1];
        LeaderListener listener = event -> {
            if (event instanceof LeadershipAcquired) {
                process.engine.run(() -> whenItLeads.accept(own[0]));
            }
        };
        own[0] = process.candidate("job", node, TTL, List.of(listener), null);
        process.engine.add(own[0]);
        return own[0];
    }

    private static void assertFewChanges(CalmWorld world, long most) {
        world.time.pass(Duration.ofSeconds(SECONDS));
        System.out.printf("[storm of users] %d terms in %d s%n", world.terms(), SECONDS);
        assertThat(world.terms()).as("terms in %d s", SECONDS).isBetween(SECONDS / 4, most);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, NODES})
    void aJobThatReturnsAtOnceAndIsFollowedByAResignation(int nodes) {
        CalmWorld world = new CalmWorld(Duration.ZERO, true);
        AtomicLong runs = new AtomicLong();
        for (int i = 0; i < nodes; i++) {
            CalmWorld.Peer process = world.process();
            process.engine.add(
                    process.candidate("job", "node" + i, TTL, List.of(), leadership -> runs.incrementAndGet()));
        }
        world.time.pass(Duration.ofSeconds(SECONDS));
        long most = SECONDS / TTL.toSeconds() + 1;
        assertThat(world.terms()).as("at most one in a TTL").isBetween(most - 2, most);
        assertThat(runs).hasValue(world.terms());
    }

    /** Each node is replaced as soon as it leads: as in a deployment that is in a great hurry. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRollingDeploymentIsNotSlowedDown(boolean telling) {
        int nodes = Pace.BURST;
        CalmWorld world = new CalmWorld(Duration.ZERO, telling);
        AtomicLong closed = new AtomicLong();
        for (int i = 0; i < nodes; i++) {
            CompletableFuture<Void> unused = stand(world.process(), "node" + i, Candidate::close)
                    .closed()
                    .thenRun(closed::incrementAndGet);
        }
        Duration handover = telling ? Duration.ofMillis(100) : Duration.ofMillis(1500);
        world.time.pass(handover.multipliedBy(nodes));
        assertThat(closed).as("nodes that have led and were closed").hasValue(nodes);
    }
}
