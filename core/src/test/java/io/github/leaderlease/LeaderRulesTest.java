package io.github.leaderlease;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.spi.ElectionVersion;
import io.github.leaderlease.spi.LeaseStore.RenewResult;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import io.github.leaderlease.spi.TermKey;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Single decisions about a term of one's own; whole courses are the simulation's business. */
final class LeaderRulesTest {

    private static final Duration TTL = Duration.ofSeconds(10);
    private static final ClockReading START = new ClockReading(0, 0);

    private final Candidacy me = TestCandidacy.of("holder", TTL);

    @Test
    void aFailedJobThatDidNotStopInTimeLeavesTheOthersTheirChanceAfterTheLeaseHasRunOut() {
        ElectionState draining =
                LeaderRules.resign(leading(), me, LossReason.JOB_FAILED, START).next();

        ElectionState after = LeaderRules.tick(draining, me, null, START).next();

        assertThat(after.role())
                .isInstanceOfSatisfying(
                        Role.Demoted.class, d -> assertThat(d.releaseAs()).isNull());
        long othersAreInBy = TTL.multipliedBy(51).dividedBy(50).plusMillis(1500).toNanos();
        assertThat(after.cooldown().over(othersAreInBy, 7)).isFalse();
        assertThat(after.cooldown().over(TTL.multipliedBy(2).toNanos(), 7)).isTrue();
    }

    @Test
    void oneWhoseLeaseIsReleasedStandsBackForOneTtl() {
        ElectionState draining =
                LeaderRules.resign(leading(), me, LossReason.RESIGNED, START).next();

        ElectionState after = LeaderRules.idle(draining, me, START).next();

        assertThat(after.role())
                .isInstanceOfSatisfying(
                        Role.Demoted.class, d -> assertThat(d.releaseAs()).isEqualTo(Handover.of(LossReason.RESIGNED)));
        assertThat(after.cooldown().over(TTL.toNanos() - 1, 7)).isFalse();
        assertThat(after.cooldown().over(TTL.toNanos(), 7)).isTrue();
        assertThat(after.cooldown().over(1, 8)).as("another leads meanwhile").isTrue();
    }

    /** The release would have to wait behind the look, and the next leader behind the release. */
    @Test
    void whoIsAboutToReleaseTheLeaseDoesNotLookFirst() {
        ElectionState draining =
                LeaderRules.resign(leading(), me, LossReason.RESIGNED, START).next();
        ElectionState releasing = LeaderRules.idle(draining, me, START).next();
        assertThat(releasing.readDueAt()).isEqualTo(me.timing().pollInterval().toNanos());

        ElectionState released = LeaderRules.released(
                        LeaderRules.idle(releasing, me, START).next(), 7, START)
                .next();
        assertThat(released.readDueAt())
                .as("nor does it look for who is next before anybody can be")
                .isEqualTo(me.timing().pollInterval().toNanos());

        ElectionState unwanted = LeaderRules.vacateUnannounced(
                        ElectionState.initial(0, true), new TermKey("job", 8, "holder"), me, START)
                .next();
        assertThat(unwanted.readDueAt()).isEqualTo(me.timing().pollInterval().toNanos());

        ElectionState left =
                LeaderRules.lose(leading(), me, LossReason.SUPERSEDED, START).next();
        assertThat(left.readDueAt()).as("somebody else leads").isEqualTo(START.nanos());
    }

    @Test
    void blockedTakeoverIsReportedOncePerTerm() {
        LeaseStoreException held = new LeaseStoreException(Failure.BLOCKED, "held", "session 7", null);
        LeaseStoreException down = new LeaseStoreException(Failure.UNAVAILABLE, "down", null);

        Transition first = failed(observing(ElectionState.initial(0, true), 5), down);
        assertThat(first.events()).hasOnlyElementsOfType(LeaderEvent.CallFailed.class);
        Transition second = failed(first.next(), held);
        assertThat(second.events())
                .singleElement()
                .isInstanceOfSatisfying(
                        LeaderEvent.TakeoverBlocked.class,
                        blocked -> assertThat(blocked.blockedBy()).isEqualTo("session 7"));
        Transition third = failed(second.next(), held);
        assertThat(third.events()).isEmpty();
        assertThat(failed(observing(third.next(), 6), held).events())
                .as("another term")
                .hasOnlyElementsOfType(LeaderEvent.TakeoverBlocked.class);
    }

    private static ElectionState observing(ElectionState state, long openTerm) {
        ElectionVersion version = new ElectionVersion("life", true, openTerm, 1, openTerm);
        return state.observation(new Observation(version, 0, 1, new Observation.Renewals(0, 1), true), openTerm);
    }

    private Transition failed(ElectionState state, LeaseStoreException cause) {
        ElectionState asking = state.role(new Role.Acquiring(1, START, null));
        return FollowerRules.acquireFailed(asking, me, 1, cause, START, 0.5);
    }

    @Test
    void aFenceThatFindsItsTermOverDemotesThatTermOnly() {
        ElectionState leading = leading();
        TermKey other = new TermKey("job", 6, "holder");
        assertThat(LeaderRules.disproved(leading, me, other, LossReason.SUPERSEDED, START)
                        .events())
                .isEmpty();
        TermKey mine = new TermKey("job", 7, "holder");
        Transition lost = LeaderRules.disproved(leading, me, mine, LossReason.SUPERSEDED, START);
        assertThat(lost.events())
                .singleElement()
                .isInstanceOfSatisfying(
                        LeaderEvent.LeadershipLost.class,
                        event -> assertThat(event.reason()).isEqualTo(LossReason.SUPERSEDED));
        assertThat(lost.next().role()).isInstanceOf(Role.Demoted.class);
    }

    @Test
    void whoseJobIsDoneResignsWhenItsTermHasLastedATtlAndNotBefore() {
        ClockReading brief = at(Duration.ofMillis(5));
        ElectionState done = LeaderRules.jobDone(leading(), me, brief).next();

        assertThat(isDraining(done)).as("at once").isFalse();
        assertThat(isDraining(
                        LeaderRules.tick(done, me, null, at(TTL.minusNanos(1))).next()))
                .as("before its term has lasted a TTL")
                .isFalse();
        ElectionState renewed = LeaderRules.renewed(done, me, 7, at(Duration.ofSeconds(5)), RenewResult.RENEWED, brief)
                .next();
        assertThat(isDraining(LeaderRules.tick(renewed, me, null, at(TTL)).next()))
                .as("when it has")
                .isTrue();
    }

    @Test
    void whoseJobIsDoneAfterALongTermResignsAtOnce() {
        ElectionState done = LeaderRules.jobDone(leading(), me, at(TTL)).next();
        assertThat(isDraining(done)).isTrue();
    }

    private static ClockReading at(Duration time) {
        return new ClockReading(time.toNanos(), time.toMillis());
    }

    private static boolean isDraining(ElectionState state) {
        return state.role() instanceof Role.Leading leading && leading.draining() != null;
    }

    private ElectionState leading() {
        ElectionState asking = ElectionState.initial(0, true).role(new Role.Acquiring(1, START, null));
        ElectionState leading =
                FollowerRules.acquired(asking, me, 1, OptionalLong.of(7), START).next();
        assertThat(leading.role()).isInstanceOf(Role.Leading.class);
        return leading;
    }
}
