package io.github.leaderlease;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.spi.ElectionVersion;
import io.github.leaderlease.spi.ReadResult;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** When a follower looks, stands and lets others go first. */
final class FollowerRulesTest {

    private static final Duration TTL = Duration.ofSeconds(10);

    private final Candidacy me = TestCandidacy.of("holder", TTL);

    private static ReadAnswer answer(long sentAt, ReadResult.Election election) {
        return new ReadAnswer(sentAt, new ClockReading(sentAt, sentAt / 1_000_000), "life", election, false, true);
    }

    private static ReadResult.Election vacant(long token) {
        return new ReadResult.Election(
                new ReadResult.Lease(token, ElectionVersion.VACANT, null, null, TTL, "life", Duration.ofSeconds(1)),
                null,
                "RESIGNED");
    }

    /** The next leader may have come and gone between two looks: then it is this node's turn, not the turn of nobody. */
    @Test
    void whoResignedStandsAgainOnceALaterTermHasComeAndGone() {
        Cooldown resigned = new Cooldown(TTL.toNanos(), 7, true);
        ElectionState state =
                ElectionState.initial(0, true).observation(null, 7).cooldown(resigned, 0);
        assertThat(FollowerRules.read(state, me, answer(1, vacant(7)), 0.5)
                        .next()
                        .attempts())
                .as("nobody else has led yet")
                .isFalse();
        assertThat(FollowerRules.read(state, me, answer(1, vacant(8)), 0.5)
                        .next()
                        .attempts())
                .as("somebody has led and resigned")
                .isTrue();
    }

    /** Within the time that an attempt takes after the first one, few others follow: for three and for five hundred. */
    @Test
    void fewTryBeforeTheFirstIsDoneHoweverManyTheyAre() {
        SplittableRandom random = new SplittableRandom(1);
        for (int candidates : new int[] {3, 30, 100, 300, 500}) {
            double[] tries = DoubleStream.generate(() -> tries(candidates, random))
                    .limit(2000)
                    .toArray();
            assertThat(Arrays.stream(tries).average().orElseThrow())
                    .as("attempts of %d candidates", candidates)
                    .isBetween(1.0, 1.5);
        }
    }

    /** An attempt takes a fiftieth of the spread: 8 ms of 400. */
    private static double tries(int candidates, SplittableRandom random) {
        long most = 1_000_000;
        long[] at = random.doubles(candidates)
                .mapToLong(uniform -> Jitter.spread(uniform, most))
                .sorted()
                .toArray();
        assertThat(at[0]).isNotNegative();
        assertThat(at[candidates - 1]).isLessThanOrEqualTo(most);
        return Arrays.stream(at).filter(each -> each <= at[0] + most / 50).count();
    }
}
