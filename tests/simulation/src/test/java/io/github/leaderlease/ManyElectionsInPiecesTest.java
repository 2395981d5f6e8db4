package io.github.leaderlease;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Thousands of elections on a store to which each of them is a burden: no call is about more than it can do. */
final class ManyElectionsInPiecesTest {

    private static final Duration TTL = Duration.ofSeconds(10);
    private static final int ELECTIONS = 2_500;

    /** All of them take longer than a call may. */
    private static final Duration EACH = Duration.ofMillis(1);

    @BeforeAll
    static void quietLog() {
        QuietLog.set();
    }

    private static List<Candidate> stand(CalmWorld.Peer process, String node) {
        return stand(process, node, ELECTIONS);
    }

    private static List<Candidate> stand(CalmWorld.Peer process, String node, int elections) {
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < elections; i++) {
            Candidate candidate = process.candidate("job-" + i, node, TTL, List.of(), null);
            process.engine.add(candidate);
            candidates.add(candidate);
        }
        return candidates;
    }

    private static long led(List<Candidate> candidates) {
        return candidates.stream().filter(each -> each.knowledge().isLeader()).count();
    }

    @Test
    void aFollowerLeadsAllWhenTheLeaderOfAllHasClosed() {
        CalmWorld world = new CalmWorld(EACH, false);
        CalmWorld.Peer a = world.process();
        List<Candidate> leaders = stand(a, "a");
        world.time.pass(Duration.ofSeconds(14));
        assertThat(led(leaders)).as("led by a").isEqualTo(ELECTIONS);
        List<Candidate> followers = stand(world.process(), "b");
        world.time.pass(Duration.ofSeconds(8));
        assertThat(led(leaders)).as("still led by a").isEqualTo(ELECTIONS);
        assertThat(followers)
                .as("known to b")
                .allMatch(each -> each.knowledge().leader().isPresent());
        assertThat(world.terms()).as("none was lost meanwhile").isEqualTo(ELECTIONS);

        world.releaseCalls = 0;
        leaders.forEach(each -> a.engine.run(each::close));
        world.time.pass(Duration.ofSeconds(8));
        assertThat(leaders).as("closed").allMatch(each -> each.closed().isDone());
        assertThat(world.releaseCalls).as("calls that released them").isLessThan(ELECTIONS / 50);
        world.time.pass(Duration.ofSeconds(14));
        assertThat(led(followers)).as("led by b").isEqualTo(ELECTIONS);
        assertThat(world.terms()).as("one term each").isEqualTo(2L * ELECTIONS);
    }

    /** A heartbeat of all of them takes most of the time that a lease is valid after it is due; but it does fit in. */
    @ParameterizedTest
    @ValueSource(ints = {3_000, 3_600})
    void noneIsLostAsLongAsOneRoundOfHeartbeatsFitsIn(int elections) {
        CalmWorld world = new CalmWorld(EACH, false);
        List<Candidate> leaders = stand(world.process(), "a", elections);
        world.time.pass(Duration.ofSeconds(40));
        assertThat(led(leaders)).as("led in the end").isEqualTo(elections);
        long terms = world.terms();
        world.time.pass(Duration.ofMinutes(2));
        assertThat(world.terms() - terms).as("terms lost").isZero();
        assertThat(led(leaders)).isEqualTo(elections);
    }

    /** Each failing call costs a connection. */
    @Test
    void whatFailsAtOnceIsNotTriedInALoop() {
        CalmWorld world = new CalmWorld(EACH, false);
        List<Candidate> leaders = stand(world.process(), "a", 2_000);
        world.time.pass(Duration.ofSeconds(30));
        assertThat(led(leaders)).as("led").isEqualTo(2_000);
        world.refuses = true;
        world.refused = 0;
        world.time.pass(Duration.ofSeconds(10));
        assertThat(world.refused).as("calls in ten seconds without a database").isBetween(20, 150);
    }

    @Test
    void aReleaseWhoseAnswerGotLostIsAnnouncedAllTheSame() {
        CalmWorld world = new CalmWorld(Duration.ZERO, true);
        CalmWorld.Peer a = world.process();
        Candidate leader = a.candidate("job", "a", TTL, List.of(), null);
        a.engine.add(leader);
        world.time.pass(Duration.ofSeconds(5));
        assertThat(leader.knowledge().isLeader()).isTrue();
        world.announced.clear();
        world.lostReleases = 1;
        a.engine.run(leader::close);
        world.time.pass(Duration.ofSeconds(5));
        assertThat(leader.closed()).isDone();
        assertThat(world.announced).singleElement().satisfies(text -> {
            Notification notification = Notification.parse(text);
            assertThat(notification.election()).isEqualTo("job");
            assertThat(notification.released()).isNotNull();
        });
    }
}
