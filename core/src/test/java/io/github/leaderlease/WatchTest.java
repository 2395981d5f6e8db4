package io.github.leaderlease;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.spi.ElectionVersion;
import io.github.leaderlease.spi.ReadResult;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a follower believes on a database whose incarnation comes back: only what it has watched without a break. */
final class WatchTest {

    private static final Duration TTL = Duration.ofSeconds(10);
    private static final long SECOND = 1_000_000_000L;
    private static final long PAUSE = Watch.longestPause(Timing.callTimeout(TTL));

    private final Candidacy me = TestCandidacy.of("me", TTL);

    private @Nullable Watch watch;
    private ElectionState state = ElectionState.initial(0, true);

    private static ReadResult.Election held(long token, String holder) {
        return new ReadResult.Election(
                new ReadResult.Lease(token, 1, holder, null, TTL, "server", Duration.ZERO),
                new ReadResult.Term(token, holder, "other", null, TTL, Instant.EPOCH),
                null);
    }

    private static ReadResult.Election released(long token) {
        return new ReadResult.Election(
                new ReadResult.Lease(token, ElectionVersion.VACANT, null, "node-id", TTL, "server", Duration.ZERO),
                null,
                "RESIGNED");
    }

    private static ClockReading at(double seconds) {
        return new ClockReading((long) (seconds * SECOND), (long) (seconds * 1000));
    }

    /** A look that is answered 10 ms after it was sent; whether an attempt follows at once. */
    private boolean attempts(double second, String session, ReadResult.Election shown) {
        ClockReading received = at(second + 0.01);
        ReadResult reading = new ReadResult("server", session, Map.of("job", shown));
        long number = watch == null ? 1 : watch.number() + 1;
        watch = Watch.next(watch, number, reading, at(second), received, PAUSE);
        ReadAnswer answer = new ReadAnswer(at(second).nanos(), received, "server", shown, watch, false, true);
        Transition t = FollowerRules.read(state, me, answer, 0);
        state = t.next();
        boolean attempts = state.role() instanceof Role.Acquiring;
        if (attempts) {
            state = state.role(new Role.None());
        }
        return attempts;
    }

    /** Looks once a second. */
    private boolean attemptsBetween(int from, int to, String session, ReadResult.Election shown) {
        boolean any = false;
        for (int second = from; second <= to; second++) {
            any |= attempts(second, session, shown);
        }
        return any;
    }

    @Test
    void whoHasJustConnectedWaitsForATtlAlthoughTheLeaseIsFree() {
        assertThat(attemptsBetween(0, 10, "a", released(7))).isFalse();
        assertThat(attemptsBetween(11, 12, "a", released(7))).isTrue();
    }

    @Test
    void itWaitsAlsoIfItSawTheLeaseReleased() {
        assertThat(attempts(0, "a", held(7, "other"))).isFalse();
        assertThat(attemptsBetween(1, 10, "a", released(7))).isFalse();
    }

    @Test
    void whatWasOpenedUnderItsEyesIsFreeAtOnce() {
        assertThat(attempts(0, "a", held(7, "other"))).isFalse();
        assertThat(attempts(1, "a", held(8, "other"))).isFalse();
        assertThat(attempts(2, "a", released(8))).isTrue();
    }

    @Test
    void whoHasWatchedForATtlTakesItAtOnce() {
        assertThat(attemptsBetween(0, 10, "a", held(7, "other"))).isFalse();
        state = ElectionState.initial(0, true).watching(state.watching());
        assertThat(attempts(11, "a", released(7))).isTrue();
    }

    @Test
    void theVeryFirstLeaderWaitsForNobody() {
        ReadResult.Election nothing = new ReadResult.Election(null, null, null);
        boolean first = attempts(0, "a", nothing);
        boolean second = attempts(1, "a", nothing);
        assertThat(first || second).isTrue();
    }

    @Test
    void aReconnectForgetsWhatWasSeen() {
        attemptsBetween(0, 9, "a", held(7, "other"));
        assertThat(attemptsBetween(10, 20, "b", held(7, "other"))).isFalse();
        assertThat(attemptsBetween(21, 22, "b", held(7, "other"))).isTrue();
    }

    @Test
    void aPauseForgetsWhatWasSeen() {
        attempts(0, "a", held(7, "other"));
        assertThat(attempts(11, "a", held(7, "other"))).isFalse();
        assertThat(Objects.requireNonNull(state.observation()).since()).isGreaterThan(10 * SECOND);
    }

    @Test
    void aTermOfItsOwnIsNotReplacedAtOnce() {
        assertThat(attempts(0, "a", held(7, "me"))).isFalse();
        assertThat(attemptsBetween(1, 10, "a", held(7, "me"))).isFalse();
        assertThat(attemptsBetween(11, 12, "a", held(7, "me"))).isTrue();
    }

    @Test
    void theHighestTokenIsNotForgotten() {
        attempts(0, "a", held(9, "other"));
        attempts(1, "b", released(7));
        assertThat(state.highestToken()).isEqualTo(9);
    }

    @Test
    void anAttemptBelongsToTheConnectionOfItsObservation() {
        attempts(0, "a", held(7, "other"));
        assertThat(Objects.requireNonNull(state.observation()).version().holdsOn("a"))
                .isTrue();
        assertThat(Objects.requireNonNull(state.observation()).version().holdsOn("b"))
                .isFalse();
    }
}
