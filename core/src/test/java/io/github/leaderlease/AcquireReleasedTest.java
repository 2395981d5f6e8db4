package io.github.leaderlease;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.LeaderEvent.LeadershipAcquired;
import io.github.leaderlease.LeaderEvent.LeadershipLost;
import io.github.leaderlease.Transition.Action;
import io.github.leaderlease.spi.LeaseStore.SucceedingTerm;
import io.github.leaderlease.spi.ReadResult;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a follower makes of the word that the lease was released. */
final class AcquireReleasedTest {

    private static final Duration TTL = Duration.ofSeconds(10);
    private static final ClockReading NOW = new ClockReading(1_000_000_000, 1_000);

    private final Candidacy me = new Candidacy(
            "job",
            "node",
            "holder",
            null,
            new Timing(TTL, TTL.dividedBy(2), Duration.ZERO),
            new StoppedClock(),
            new NoFence());

    private static ReadResult.Election held(String holder) {
        return new ReadResult.Election(
                new ReadResult.Lease(7, 1, holder, TTL, "life", Duration.ofSeconds(1)),
                new ReadResult.Term(7, holder, "other", null, TTL, Instant.EPOCH),
                null);
    }

    private ElectionState following(ReadResult.Election seen) {
        ReadAnswer answer = new ReadAnswer(0, new ClockReading(0, 0), "life", seen, true, true);
        return FollowerRules.read(ElectionState.initial(0).handoverJitter(0), me, answer, 0.5)
                .next();
    }

    private Transition told(ElectionState state) {
        return FollowerRules.acquireReleased(state, me, NOW);
    }

    @Test
    void whoTakesReleasedLeasesWithoutDelayAttemptsWithoutALook() {
        Transition t = told(following(held("other")));
        assertThat(t.next().role()).isEqualTo(new Role.Acquiring(NOW.nanos(), NOW));
        assertThat(t.actions()).singleElement().isInstanceOfSatisfying(Action.AcquireReleased.class, released -> {
            assertThat(released.request().observed().openTerm()).isEqualTo(7);
            assertThat(released.request().highestToken()).isEqualTo(7);
        });
        assertThat(t.events()).isEmpty();
    }

    @Test
    void allOthersLook() {
        ElectionState state = following(held("other"));
        assertThat(told(state.handoverJitter(1)).actions()).as("has lost races").isEmpty();
        assertThat(told(state.cooldown(new Cooldown(Long.MAX_VALUE / 2, 7, true), 0))
                        .actions())
                .as("sits out")
                .isEmpty();
        assertThat(told(state.close()).actions()).as("closes").isEmpty();
        assertThat(told(state.role(new Role.Acquiring(5, NOW))).actions())
                .as("attempts already")
                .isEmpty();
        assertThat(told(state.next(5L, 5)).actions()).as("is about to attempt").isEmpty();
        assertThat(told(ElectionState.initial(0).handoverJitter(0)).actions())
                .as("knows nothing")
                .isEmpty();
        assertThat(told(following(held("holder"))).actions())
                .as("a term of its own that it never announced")
                .isEmpty();
        assertThat(told(state.observation(state.observation(), 8)).actions())
                .as("has seen a later term, which the database has lost")
                .isEmpty();
    }

    @Test
    void theLossOfTheOtherTermIsToldBeforeOnesOwn() {
        ElectionState attempting = told(following(held("other"))).next();
        Transition t = FollowerRules.acquiredReleased(
                attempting, me, NOW.nanos(), Optional.of(new SucceedingTerm(9, "STEPPED_DOWN")), NOW);
        assertThat(t.events()).hasSize(2);
        assertThat(t.events().get(0)).isInstanceOfSatisfying(LeadershipLost.class, lost -> {
            assertThat(lost.term().fencingToken()).isEqualTo(7);
            assertThat(lost.reason()).isEqualTo(LossReason.STEPPED_DOWN);
            assertThat(lost.own()).isFalse();
        });
        assertThat(t.events().get(1))
                .isInstanceOfSatisfying(
                        LeadershipAcquired.class,
                        acquired ->
                                assertThat(acquired.leadership().fencingToken()).isEqualTo(9));
        assertThat(t.next().announcedLeader()).isNull();
        assertThat(t.next().role()).isInstanceOf(Role.Leading.class);
    }

    @Test
    void whoWasToldWronglyOrTooLateLooksAtOnceAndLetsOthersGoFirstTheNextTime() {
        ElectionState attempting = told(following(held("other"))).next();
        Transition t = FollowerRules.acquiredReleased(attempting, me, NOW.nanos(), Optional.empty(), NOW);
        assertThat(t.events()).isEmpty();
        assertThat(t.next().role()).isInstanceOf(Role.None.class);
        assertThat(t.next().readDueAt()).isEqualTo(NOW.nanos());
        assertThat(told(t.next()).actions()).isEmpty();
    }

    @Test
    void theAnswerToAnEarlierAttemptIsDropped() {
        ElectionState attempting = told(following(held("other"))).next();
        Transition t = FollowerRules.acquiredReleased(
                attempting, me, NOW.nanos() - 1, Optional.of(new SucceedingTerm(9, "CLOSED")), NOW);
        assertThat(t).isEqualTo(Transition.to(attempting));
    }
}
