package io.github.leaderlease.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.testdatabases.Rounds;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class DemoCommandTest {

    @Test
    void playsTheWholeSequenceOnADatabaseOfItsOwn() throws Exception {
        Rounds.play(DemoCommandTest::playWhole);
    }

    private static void playWhole(Rounds round) {
        Run run = Run.demo("--ttl", "3s", "--heartbeat", "1s").undisturbed(round, 2);

        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        assertThat(run.headings())
                .containsExactly(
                        "The first writer wins",
                        "The leader renews its lease",
                        "The leader is killed",
                        "The killed node comes back");
        assertThat(run.out()).contains("0 overlaps", "Every guarantee was kept.", "1 ended EXPIRED, 1 open (");
        assertThat(run.out()).doesNotContain("\r", "\u001b", "!!", "\u2717");
        assertThat(run.pids()).hasSize(4).noneMatch(Run::isAlive);
        checkStory(run.events());
    }

    /** What is told is what the diagram of the project shows. */
    private static void checkStory(List<Run.Event> events) {
        Run.Event first = only(events, "LEADS", 0);
        Run.Event killed = only(events, "KILLED", 0);
        Run.Event second = only(events, "LEADS", 1);
        assertThat(first.detail()).contains("term 1 ").contains("token ");
        assertThat(second.detail()).contains("term 2 ").contains("token ");
        assertThat(killed.who()).isEqualTo(first.who());
        assertThat(second.who()).isNotEqualTo(first.who());
        assertThat(second.seconds()).isGreaterThan(killed.seconds());

        Set<String> survivors = Set.of("node-1", "node-2", "node-3").stream()
                .filter(node -> !node.equals(first.who()))
                .collect(Collectors.toSet());
        assertThat(whoever(events, "follows", "who leads in term 1")).isEqualTo(survivors);
        assertThat(whoever(events, "lost", first.who() + ", term 1")).isEqualTo(survivors);
        assertThat(whoever(events, "renews", "heartbeat 1 ")).contains(first.who());

        Run.Event followsAgain = events.get(events.size() - 1).what().equals("follows")
                ? events.get(events.size() - 1)
                : events.stream()
                        .filter(event ->
                                event.what().equals("follows") && event.who().equals(first.who()))
                        .findFirst()
                        .orElseThrow();
        assertThat(followsAgain.who()).isEqualTo(first.who());
        assertThat(followsAgain.detail()).contains(second.who() + ", who leads in term 2");
    }

    private static Run.Event only(List<Run.Event> events, String what, int index) {
        return events.stream()
                .filter(event -> event.what().equals(what))
                .toList()
                .get(index);
    }

    private static Set<String> whoever(List<Run.Event> events, String what, String detail) {
        return events.stream()
                .filter(event -> event.what().equals(what) && event.detail().contains(detail))
                .map(Run.Event::who)
                .collect(Collectors.toSet());
    }

    @Test
    void playsSeveralRoundsWithTwoNodes() throws Exception {
        Rounds.play(DemoCommandTest::playSeveral);
    }

    private static void playSeveral(Rounds round) {
        Run run = Run.demo("--nodes", "2", "--rounds", "2", "--ttl", "3s", "--heartbeat", "1s")
                .undisturbed(round, 3);

        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        assertThat(run.headings())
                .hasSize(7)
                .contains("The leader is killed (round 1 of 2)", "The leader is killed (round 2 of 2)");
        assertThat(run.out()).contains("0 overlaps", "2 ended EXPIRED, 1 open (", "term 1 ", "term 2 ", "term 3 ");
        assertThat(run.pids()).hasSize(4).noneMatch(Run::isAlive);
    }
}
