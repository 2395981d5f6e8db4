package io.github.leaderlease;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.LeaderEvent.LeadershipAcquired;
import io.github.leaderlease.LeaderEvent.LeadershipLost;
import io.github.leaderlease.Transition.Action;
import io.github.leaderlease.spi.ElectionVersion;
import io.github.leaderlease.spi.ReadResult;
import io.github.leaderlease.spi.TermKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a follower makes of the choice of an heir, heard or read. */
final class HeirTest {

    private static final Duration TTL = Duration.ofSeconds(10);
    private static final ClockReading NOW = new ClockReading(1_000_000_000, 1_000);

    private final Candidacy me = TestCandidacy.of("holder", TTL);

    private static ReadResult.Election held(String incarnation) {
        return new ReadResult.Election(
                new ReadResult.Lease(7, 1, "other", null, TTL, incarnation, Duration.ofSeconds(1)),
                new ReadResult.Term(7, "other", "other", null, TTL, Instant.EPOCH),
                null);
    }

    private static ReadResult.Election vacant(@Nullable String heir) {
        return new ReadResult.Election(
                new ReadResult.Lease(7, ElectionVersion.VACANT, null, heir, TTL, "life", Duration.ofSeconds(1)),
                null,
                "RESIGNED");
    }

    private Transition read(ElectionState state, ReadResult.Election seen, long millis) {
        ClockReading at = new ClockReading(millis * 1_000_000, millis);
        return FollowerRules.read(state, me, new ReadAnswer(at.nanos(), at, "life", seen, true, true), 0.5);
    }

    private ElectionState following() {
        return read(ElectionState.initial(0, true), held("life"), 0).next();
    }

    private static Notification.Released released(long token, String heir) {
        TermKey term = new TermKey("job", token, "other");
        Notification heard = Notification.parse(
                Notification.released(term, LossReason.STEPPED_DOWN, heir).text());
        return Objects.requireNonNull(heard.released());
    }

    private Transition hears(ElectionState state, Notification.Released word) {
        return HeirRules.toldOfRelease(state, me, word, held("life"), NOW);
    }

    @Test
    void whoHearsThatHeIsTheHeirAttemptsAtOnceWhatFollowsFromWhatHeSaw() {
        Transition t = hears(following(), released(7, "node-id"));
        assertThat(t.next().role()).isEqualTo(new Role.Acquiring(NOW.nanos(), NOW, LossReason.STEPPED_DOWN));
        assertThat(t.actions()).singleElement().isInstanceOfSatisfying(Action.Acquire.class, acquire -> {
            assertThat(acquire.request().observed())
                    .isEqualTo(new ElectionVersion("life", true, 7, ElectionVersion.VACANT, 0));
            assertThat(acquire.request().highestToken()).isEqualTo(7);
        });
        assertThat(t.events()).isEmpty();
    }

    @Test
    void allOthersRead() {
        ElectionState state = following();
        Notification.Released word = released(7, "node-id");
        assertThat(hears(state, released(7, "another")).actions())
                .as("another is")
                .isEmpty();
        assertThat(hears(state, released(6, "node-id")).actions())
                .as("an old term")
                .isEmpty();
        assertThat(hears(state, released(8, "node-id")).actions())
                .as("a term never seen")
                .isEmpty();
        assertThat(hears(state.cooldown(new Cooldown(Long.MAX_VALUE / 2, 7, true), 0), word)
                        .actions())
                .as("sits out")
                .isEmpty();
        assertThat(hears(state.close(), word).actions()).as("closes").isEmpty();
        assertThat(hears(state.role(new Role.Acquiring(5, NOW, null)), word).actions())
                .as("attempts already")
                .isEmpty();
        assertThat(hears(ElectionState.initial(0, true), word).actions())
                .as("knows nothing")
                .isEmpty();
        assertThat(hears(state.observation(state.observation(), 8), word).actions())
                .as("has seen a later term, which the database has lost")
                .isEmpty();
        assertThat(HeirRules.toldOfRelease(state, me, word, held("earlier life"), NOW)
                        .actions())
                .as("the term has outlived a failover, which may have lost a later one")
                .isEmpty();
    }

    @Test
    void theLossOfTheOtherTermIsToldBeforeOnesOwn() {
        ElectionState attempting = hears(following(), released(7, "node-id")).next();
        Transition t = FollowerRules.acquired(attempting, me, NOW.nanos(), OptionalLong.of(9), NOW);
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
    void whoHeardWronglyOrCameTooLateReadsAtOnceAndTellsNothing() {
        ElectionState attempting = hears(following(), released(7, "node-id")).next();
        Transition t = FollowerRules.acquired(attempting, me, NOW.nanos(), OptionalLong.empty(), NOW);
        assertThat(t.events()).isEmpty();
        assertThat(t.next().role()).isInstanceOf(Role.None.class);
        assertThat(t.next().readDueAt()).isEqualTo(NOW.nanos());
        assertThat(t.next().announcedLeader()).isNotNull();
    }

    @Test
    void whoReadsThatHeIsTheHeirAttemptsAtOnce() {
        Transition t = read(following(), vacant("node-id"), 1_000);
        assertThat(t.next().role()).isInstanceOf(Role.Acquiring.class);
    }

    @Test
    void allOthersLeaveItToHimForAMoment() {
        assertThat(waitsMillis(vacant("another"))).isBetween(200L, 600L);
        assertThat(waitsMillis(vacant(null))).as("no heir was named").isBetween(1L, 400L);
    }

    /** Nothing is taken for free by it: it only says when to look. */
    @Test
    void whoWaitsForALeaseToRunOutLooksByItsRank() {
        ElectionState waits = waiting();
        Observation seen = Objects.requireNonNull(waits.observation());
        long provable = seen.provableAt() / 1_000_000;
        assertThat(looksAt(waits, seen.version(), 0)).isEqualTo(provable);
        assertThat(looksAt(waits, seen.version(), 3)).isEqualTo(provable + 60);
        assertThat(looksAt(waits, seen.version(), -7)).as("a lie").isEqualTo(provable);
        assertThat(looksAt(waits, seen.version(), 10)).isBetween(provable + 200, provable + 400);
        assertThat(looksAt(waits, seen.version(), Integer.MAX_VALUE)).isBetween(provable + 200, provable + 400);
        assertThat(HeirRules.ranked(waits, me, seen.version(), 0, NOW, 0.5).actions())
                .isEmpty();
    }

    @Test
    void aRankForWhatWasSeenBeforeIsForgotten() {
        ElectionState waits = waiting();
        ElectionVersion other = new ElectionVersion("life", true, 7, 2, 7);
        assertThat(looksAt(waits, other, 0)).isEqualTo(waits.readDueAt() / 1_000_000);
        ElectionState settled = waits.next(null, waits.readDueAt());
        ElectionVersion version = Objects.requireNonNull(waits.observation()).version();
        assertThat(looksAt(settled, version, 0)).isEqualTo(waits.readDueAt() / 1_000_000);
    }

    @Test
    void aSecondLookDoesNotForgetTheRank() {
        ElectionState waits = waiting();
        Observation seen = Objects.requireNonNull(waits.observation());
        ElectionState ranked =
                HeirRules.ranked(waits, me, seen.version(), 2, NOW, 0.5).next();
        Transition again = read(ranked, held("life"), seen.provableAt() / 1_000_000 - 1);
        assertThat(again.next().attemptAt()).isEqualTo(ranked.attemptAt());
    }

    /** Its next look may prove the leader gone. */
    private ElectionState waiting() {
        ElectionState waits = read(following(), held("life"), 9_900).next();
        assertThat(waits.attempts()).isTrue();
        return waits;
    }

    private long looksAt(ElectionState waits, ElectionVersion version, int ahead) {
        return HeirRules.ranked(waits, me, version, ahead, NOW, 0.5).next().readDueAt() / 1_000_000;
    }

    private long waitsMillis(ReadResult.Election seen) {
        ElectionState next = read(following(), seen, 1_000).next();
        assertThat(next.role()).isInstanceOf(Role.None.class);
        Transition then = read(next, seen, next.readDueAt() / 1_000_000 + 1);
        assertThat(then.next().role()).as("after that").isInstanceOf(Role.Acquiring.class);
        return next.readDueAt() / 1_000_000 - 1_000;
    }
}
