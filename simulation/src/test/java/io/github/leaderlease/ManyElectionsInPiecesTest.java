package io.github.leaderlease;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

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
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < ELECTIONS; i++) {
            Candidate candidate = process.candidate("job-" + i, node, TTL, List.of(), null);
            process.engine.add(candidate);
            candidates.add(candidate);
        }
        return candidates;
    }

    private static long led(List<Candidate> candidates) {
        return candidates.stream().filter(Candidate::isLeader).count();
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
        assertThat(followers).as("known to b").allMatch(each -> each.leader().isPresent());
        assertThat(world.terms()).as("none was lost meanwhile").isEqualTo(ELECTIONS);

        world.releaseCalls = 0;
        leaders.forEach(each -> a.engine.run(each::close));
        world.time.pass(Duration.ofSeconds(6));
        assertThat(leaders).as("closed").allMatch(each -> each.closed().isDone());
        assertThat(world.releaseCalls).as("calls that released them").isLessThan(ELECTIONS / 50);
        world.time.pass(Duration.ofSeconds(14));
        assertThat(led(followers)).as("led by b").isEqualTo(ELECTIONS);
        assertThat(world.terms()).as("one term each").isEqualTo(2L * ELECTIONS);
    }

    @Test
    void aReleaseWhoseAnswerGotLostIsAnnouncedAllTheSame() {
        CalmWorld world = new CalmWorld(Duration.ZERO, true);
        CalmWorld.Peer a = world.process();
        Candidate leader = a.candidate("job", "a", TTL, List.of(), null);
        a.engine.add(leader);
        world.time.pass(Duration.ofSeconds(5));
        assertThat(leader.isLeader()).isTrue();
        world.announced.clear();
        world.lostReleases = 1;
        a.engine.run(leader::close);
        world.time.pass(Duration.ofSeconds(5));
        assertThat(leader.closed()).isDone();
        assertThat(world.announced).contains(Hints.released("job"));
    }
}
