package io.github.leaderlease;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whole clusters on virtual time. {@code -Dsimulation.seeds=100000} runs more of them, {@code -Dsimulation.seed=N}
 * replays one and prints what happened in it.
 */
final class SimulationTest {

    private static final Logger LOG = LoggerFactory.getLogger(SimulationTest.class);
    private static final int WHOLE_TRACE = 100_000;

    @BeforeAll
    static void quietLog() {
        QuietLog.set();
    }

    @Test
    void noSeedBreaksAGuarantee() {
        Long single = Long.getLong("simulation.seed");
        if (single != null) {
            Simulation.Outcome outcome = Simulation.run(single, WHOLE_TRACE);
            LOG.info("replay of seed {}:\n{}", single, outcome.trace());
            assertThat(outcome.violation()).isNull();
            return;
        }
        long seeds = Long.getLong("simulation.seeds", 1000);
        long start = System.nanoTime();
        List<Simulation.Outcome> outcomes = LongStream.range(0, seeds)
                .parallel()
                .mapToObj(seed -> Simulation.run(seed, 0))
                .toList();
        List<Simulation.Outcome> broken =
                outcomes.stream().filter(o -> o.violation() != null).toList();
        assertThat(broken)
                .as(() -> broken.size() + " of " + seeds + " seeds: "
                        + broken.stream()
                                .map(o -> o.seed() + " " + o.violation())
                                .limit(10)
                                .toList() + "\n"
                        + Simulation.replay(broken.get(0).seed()))
                .isEmpty();
        LOG.info(
                "{} seeds in {} s: {} terms, 0 overlaps; a leader at most {} ms later than 1.02 TTL after a crash (1500"
                        + " ms are allowed), {} ms after any other fault",
                seeds,
                (System.nanoTime() - start) / 1_000_000_000,
                outcomes.stream().mapToLong(Simulation.Outcome::terms).sum(),
                longestExcessMillis(outcomes, true),
                longestExcessMillis(outcomes, false));
    }

    private static long longestExcessMillis(List<Simulation.Outcome> outcomes, boolean calm) {
        return outcomes.stream()
                        .filter(outcome -> Profile.isCalm(outcome.seed()) == calm)
                        .mapToLong(Simulation.Outcome::excessNanos)
                        .max()
                        .orElse(0)
                / 1_000_000;
    }

    @Test
    void sameSeedGivesTheSameRun() {
        assertThat(LongStream.range(0, 8).mapToObj(seed -> Simulation.run(seed, WHOLE_TRACE)))
                .isEqualTo(LongStream.range(0, 8)
                        .mapToObj(seed -> Simulation.run(seed, WHOLE_TRACE))
                        .toList());
    }

    @Test
    void manyCandidatesSendFewAttempts() {
        assertThat(Simulation.herdViolation(0, 3)).isNull();
    }
}
