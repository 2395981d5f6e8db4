package io.github.leaderlease.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.Rounds;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** One {@code run} ends, the other takes over: as quickly as promised, and never too early. */
@ParameterizedClass(name = "{0}")
@EnumSource(
        value = DatabaseUnderTest.class,
        names = {"H2_SERVER", "POSTGRESQL", "MARIADB"})
final class FailoverTest {

    private static final Duration POLL = Duration.ofMillis(1500);

    @Parameter
    private DatabaseUnderTest tested;

    private ToolBench bench;

    private void play(Rounds.Scenario scenario) throws Exception {
        ToolBench.play(tested, scenario, own -> bench = own);
    }

    @Test
    void aKilledToolTakesItsCommandAlongAndTheOtherTakesOver() throws Exception {
        play(this::kill);
    }

    private void kill(Rounds round) throws Exception {
        Measured takeover = new Measured("SIGKILL to the start of the other's command, TTL 3 s, " + tested);
        Measured death = new Measured("SIGKILL of the tool to the end of its command's last process, " + tested);
        Tool leader = bench.run("n0", bench.watch().command());
        CommandLife life = bench.watch().next(Tool.PATIENCE);
        for (int turn = 1; turn <= Measured.rounds(); turn++) {
            Tool follower = bench.follower("n" + turn, "n" + (turn - 1));
            round.require(life.isAlive(), "a tool lost its lease by itself");
            long killed = System.nanoTime();
            leader.signal("KILL");
            CommandLife next = bench.watch().next(Tool.PATIENCE);
            long died = death.add(life.awaitEnd(Duration.ofSeconds(1)) - killed);
            round.within(Duration.ofSeconds(1), Duration.ofMillis(died), "the end of the command");
            long took = takeover.add(next.startedAt() - killed);
            round.within(ToolBench.TTL.plus(POLL), Duration.ofMillis(took), "the start of the other's command");
            assertThat(next.token()).isGreaterThan(life.token());
            leader = follower;
            life = next;
        }
        assertThat(bench.watch().overlaps()).isEmpty();
        takeover.print();
        death.print();
    }

    @Test
    void aToolThatIsAskedToEndStopsItsCommandAndHandsOver() throws Exception {
        play(this::terminate);
    }

    private void terminate(Rounds round) throws Exception {
        Measured handOver = new Measured("end of the command after SIGTERM to the start of the other's, " + tested);
        Tool leader = bench.run("n0", bench.watch().command());
        CommandLife life = bench.watch().next(Tool.PATIENCE);
        for (int turn = 1; turn <= Measured.rounds(); turn++) {
            Tool follower = bench.follower("n" + turn, "n" + (turn - 1));
            round.require(life.isAlive(), "a tool lost its lease by itself");
            leader.signal("TERM");
            CommandLife next = bench.watch().next(Tool.PATIENCE);
            long ended = life.awaitEnd(Duration.ZERO);
            long took = handOver.add(next.startedAt() - ended);
            round.within(
                    handover(), Duration.ofMillis(took), "from the end of the command to the start of the other's");
            assertThat(leader.awaitExit()).isEqualTo(143);
            leader = follower;
            life = next;
        }
        assertThat(bench.watch().overlaps()).isEmpty();
        handOver.print();
    }

    /** On MySQL and MariaDB whoever has just connected waits a TTL for a lease that was given back. */
    private Duration handover() {
        return switch (tested.engine()) {
            case MYSQL, MARIADB -> ToolBench.TTL.plus(POLL);
            case POSTGRESQL, H2 -> POLL;
        };
    }
}
