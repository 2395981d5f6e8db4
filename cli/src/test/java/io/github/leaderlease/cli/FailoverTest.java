package io.github.leaderlease.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.testdatabases.Leg;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** One {@code run} ends, the other takes over: as quickly as promised, and never too early. */
@ParameterizedClass(name = "{0}")
@EnumSource(
        value = Leg.class,
        names = {"H2_SERVER", "POSTGRESQL", "MARIADB"})
final class FailoverTest {

    private static final Duration POLL = Duration.ofMillis(1500);

    @Parameter
    private Leg leg;

    private ToolBench bench;

    @BeforeEach
    void open() throws Exception {
        bench = new ToolBench(leg);
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    @Test
    void aKilledToolTakesItsCommandAlongAndTheOtherTakesOver() throws Exception {
        Measured takeOver = new Measured("SIGKILL to the start of the other's command, TTL 3 s, " + leg);
        Measured death = new Measured("SIGKILL of the tool to the end of its command's last process, " + leg);
        Tool leader = bench.run("n0", bench.watch().command());
        CommandLife life = bench.watch().next(Tool.PATIENCE);
        for (int round = 1; round <= Measured.rounds(); round++) {
            Tool follower = bench.follower("n" + round, "n" + (round - 1));
            long killed = System.nanoTime();
            leader.signal("KILL");
            CommandLife next = bench.watch().next(Tool.PATIENCE);
            assertThat(death.add(life.awaitEnd(Duration.ofSeconds(1)) - killed)).isLessThan(1000);
            assertThat(takeOver.add(next.startedAt() - killed))
                    .as("from the kill to the start of the other's command")
                    .isLessThanOrEqualTo(ToolBench.TTL.plus(POLL).toMillis());
            assertThat(next.token()).isGreaterThan(life.token());
            leader = follower;
            life = next;
        }
        assertThat(bench.watch().overlaps()).isEmpty();
        takeOver.print();
        death.print();
    }

    @Test
    void aToolThatIsAskedToEndStopsItsCommandAndHandsOver() throws Exception {
        Measured handOver = new Measured("end of the command after SIGTERM to the start of the other's, " + leg);
        Tool leader = bench.run("n0", bench.watch().command());
        CommandLife life = bench.watch().next(Tool.PATIENCE);
        for (int round = 1; round <= Measured.rounds(); round++) {
            Tool follower = bench.follower("n" + round, "n" + (round - 1));
            leader.signal("TERM");
            CommandLife next = bench.watch().next(Tool.PATIENCE);
            long ended = life.awaitEnd(Duration.ZERO);
            assertThat(handOver.add(next.startedAt() - ended))
                    .as("from the end of the command to the start of the other's")
                    .isLessThanOrEqualTo(POLL.toMillis());
            assertThat(leader.awaitExit()).isEqualTo(143);
            leader = follower;
            life = next;
        }
        assertThat(bench.watch().overlaps()).isEmpty();
        handOver.print();
    }
}
