package io.github.leaderlease;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.spi.ReadResult;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** When a follower looks, stands and lets others go first. */
final class FollowerRulesTest {

    private static final Duration TTL = Duration.ofSeconds(10);

    private final Candidacy me = new Candidacy(
            "job",
            "node",
            "holder",
            null,
            new Timing(TTL, TTL.dividedBy(2), Duration.ZERO),
            new StoppedClock(),
            new NoFence());

    private static ReadAnswer answer(long sentAt, ReadResult.Election election) {
        return new ReadAnswer(sentAt, new ClockReading(sentAt, sentAt / 1_000_000), "life", election, false, true);
    }

    private static ReadResult.Election vacant(long token) {
        return new ReadResult.Election(
                new ReadResult.Lease(token, 1, null, TTL, "life", Duration.ofSeconds(1)), null, "RESIGNED");
    }

    /** The next leader may have come and gone between two looks: then it is this node's turn, not the turn of nobody. */
    @Test
    void whoResignedStandsAgainOnceALaterTermHasComeAndGone() {
        Cooldown resigned = new Cooldown(TTL.toNanos(), 7, true);
        ElectionState state = ElectionState.initial(0).observation(null, 7).cooldown(resigned, 0);
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

    /** A thousand candidates on two cores: by the time that their attempts arrived somebody had long been leading. */
    @Test
    void whereAnswersAreSlowAttemptsAfterAHandoverAreSpreadOverLonger() {
        ElectionState state = ElectionState.initial(0).handoverJitter(0);
        assertThat(goesFirst(look(state, 0, 1))).isZero();
        assertThat(goesFirst(look(state, 0, 100))).isBetween(300L, 400L);
        assertThat(goesFirst(look(state, 0, 9000))).isBetween(1500L, 2000L);
    }

    /** What was quick to see may be slow to take; but whoever has waited for long enough tries, slow or not. */
    @Test
    void aSlowSecondLookIsFollowedByAnotherButNotForEver() {
        ElectionState state = look(ElectionState.initial(0), 0, 1);
        assertThat(goesFirst(state)).isPositive();
        long second = state.readDueAt() / 1_000_000 + 1;
        state = look(state, second, second + 400);
        assertThat(goesFirst(state)).isBetween(second + 400 + 1200, second + 400 + 1600);
        long third = state.readDueAt() / 1_000_000 + 1;
        assertThat(goesFirst(look(state, third, third + 400))).isZero();
    }

    private ElectionState look(ElectionState state, long sentMillis, long answeredMillis) {
        long received = answeredMillis * 1_000_000;
        return FollowerRules.read(
                        state,
                        me,
                        new ReadAnswer(
                                sentMillis * 1_000_000,
                                new ClockReading(received, answeredMillis),
                                "life",
                                vacant(7),
                                false,
                                true),
                        0.99)
                .next();
    }

    /** How long after it saw the lease vacant it will try, in milliseconds; 0 if it tries at once. */
    private static long goesFirst(ElectionState state) {
        assertThat(state.attempts()).isTrue();
        return state.role() instanceof Role.Acquiring
                ? 0
                : (state.readDueAt()
                                - Objects.requireNonNull(state.observation()).since())
                        / 1_000_000;
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
