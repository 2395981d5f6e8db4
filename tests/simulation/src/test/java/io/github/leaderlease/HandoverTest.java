package io.github.leaderlease;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.LeaderEvent.LeadershipAcquired;
import io.github.leaderlease.LeaderEvent.LeadershipLost;
import io.github.leaderlease.spi.PresenceStore.Heir;
import io.github.leaderlease.spi.TermKey;
import io.github.leaderlease.testkit.StoreTables.Table;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who leads next: by rank after a crash, by the choice of the leader otherwise. */
final class HandoverTest {

    private static final Duration TTL = Duration.ofSeconds(10);
    private static final Duration FAIL_BACK = Duration.ofSeconds(30);

    private final CalmWorld world = new CalmWorld(Duration.ZERO, true);
    private final List<String> story = new ArrayList<>();

    @BeforeAll
    static void quietLog() {
        QuietLog.set();
    }

    /** A node, and its candidate once it stands. */
    private final class Stand implements LeaderListener {
        private final CalmWorld.Peer process;
        private final Candidate candidate;

        Stand(CalmWorld in, String node, int priority, @Nullable BooleanSupplier eligibleWhen) {
            this.process = in.process();
            UserCode code = new UserCode(List.of(this), null, false, eligibleWhen);
            this.candidate = process.candidate("job", node, TTL, priority, FAIL_BACK, code);
            process.engine.add(candidate);
        }

        @Override
        public void onEvent(LeaderEvent event) {
            if (event instanceof LeadershipAcquired acquired) {
                story.add(acquired.leadership().node() + " leads");
            } else if (event instanceof LeadershipLost lost && lost.own()) {
                story.add(lost.term().node() + " " + lost.reason());
            }
        }

        CompletableFuture<Leader> transfer(@Nullable Stand to) {
            CompletableFuture<Leader> result = new CompletableFuture<>();
            Heir heir = to == null
                    ? null
                    : new Heir(to.process.id, to.candidate.me().node(), 0);
            process.engine.run(() -> {
                candidate.requests().transferring("b", result);
                candidate.requests().transfer("b", heir, result);
            });
            return result;
        }

        void suspend() {
            CompletableFuture<Void> unused = suspending();
        }

        CompletableFuture<Void> suspending() {
            CompletableFuture<Void> done = new CompletableFuture<>();
            candidate.requests().suspend(true);
            process.engine.run(() -> candidate.requests().suspended(done));
            return done;
        }

        void resume() {
            candidate.requests().suspend(false);
            process.engine.run(candidate.requests()::resumed);
        }

        void crash() {
            process.clock.kill();
        }
    }

    private Stand stand(String node, int priority) {
        return new Stand(world, node, priority, null);
    }

    private void pass(Duration time) {
        world.time.pass(time);
    }

    private Stand leader() {
        Stand leader = stand("a", 0);
        pass(Duration.ofSeconds(2));
        assertThat(story).containsExactly("a leads");
        return leader;
    }

    @ParameterizedTest
    @CsvSource({"2, true", "30, true", "300, true", "2, false", "30, false", "300, false"})
    void afterACrashOneAttemptDoesAndTheBestLeads(int candidates, boolean telling) {
        CalmWorld calm = new CalmWorld(Duration.ZERO, telling);
        Stand first = new Stand(calm, "first", 0, null);
        calm.time.pass(Duration.ofSeconds(2));
        for (int i = 2; i < candidates; i++) {
            Stand unused = new Stand(calm, "node" + i, 0, null);
        }
        Stand best = new Stand(calm, "best", 1, null);
        calm.time.pass(TTL);
        int before = calm.attempts;
        first.crash();
        calm.time.pass(Duration.ofNanos(TTL.toNanos() * 102 / 100 + 1_500_000_000));
        assertThat(story).containsExactly("first leads", "best leads");
        assertThat(best.candidate.state().leads()).isTrue();
        assertThat(calm.attempts - before).isEqualTo(1);
    }

    @Test
    void whereTheFirstInRankAreGoneTooAnotherOneLeadsInTime() {
        Stand leader = leader();
        List<Stand> better = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            better.add(stand("better" + i, 1));
        }
        Stand last = stand("last", 0);
        pass(TTL);
        better.forEach(Stand::crash);
        leader.crash();
        pass(Duration.ofNanos(TTL.toNanos() * 102 / 100 + 1_500_000_000));
        assertThat(last.candidate.state().leads()).isTrue();
    }

    @Test
    void theLeaderFailsBackToABetterCandidateOnceItWasThereForLong() {
        Stand unused = leader();
        Stand best = stand("best", 1);
        pass(FAIL_BACK.minusSeconds(1));
        assertThat(story).containsExactly("a leads");
        pass(Duration.ofSeconds(8));
        assertThat(story).containsExactly("a leads", "a RESIGNED", "best leads");
        best.crash();
        pass(TTL.plusSeconds(2));
        assertThat(story).last().isEqualTo("a leads");
        stand("best", 1);
        pass(FAIL_BACK.minusSeconds(1));
        assertThat(story).as("again, and not sooner").hasSize(4);
        pass(Presence.TTL.plusSeconds(8)); // so long the one that crashed is shown
        assertThat(story).endsWith("a RESIGNED", "best leads");
    }

    @Test
    void nobodyFailsBackToAnEqualOneOrToOneThatIsNotEligible() {
        Stand unused = leader();
        Stand equal = stand("equal", 0);
        Stand best = stand("best", 1);
        best.suspend();
        pass(FAIL_BACK.multipliedBy(3));
        assertThat(story).containsExactly("a leads");
        assertThat(equal.candidate.state().follows()).isTrue();
    }

    @Test
    void whoeverKeepsGoingAwayIsNotFailedBackTo() {
        Stand unused = leader();
        Stand best = stand("best", 1);
        for (int i = 0; i < 10; i++) {
            pass(FAIL_BACK.dividedBy(2));
            best.suspend();
            pass(Duration.ofSeconds(6));
            best.resume();
        }
        assertThat(story).containsExactly("a leads");
    }

    /** A node that has crashed is shown for a while. */
    @Test
    void nobodyFailsBackToANodeThatHasCrashed() {
        Stand best = stand("best", 1);
        pass(Duration.ofSeconds(2));
        Stand other = stand("a", 0);
        pass(Duration.ofSeconds(1));
        best.crash();
        pass(FAIL_BACK.multipliedBy(3));
        assertThat(story).containsExactly("best leads", "a leads");
        assertThat(other.candidate.state().leads()).isTrue();
    }

    /** It does not stand as long as a job or a listener of its last term hangs. */
    @Test
    void nobodyCountsOnANodeThatHangs() {
        Candidate hanging = stand("a", 0).candidate;
        pass(Duration.ofSeconds(2));
        hanging.apply((state, me) -> LeaderRules.lose(state, me, LossReason.EXPIRED, ClockReading.of(me.time())));
        ElectionState lost = hanging.state();
        TermKey key = new TermKey("job", 1, "holder");
        ElectionState hangs = lost.role(new Role.Demoted(key, null, false, 1, false));
        assertThat(hangs.available()).as("just now").isTrue();
        ClockReading later = new ClockReading(2, 2);
        assertThat(LeaderRules.tick(hangs, hanging.me(), null, later).next().available())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 9})
    void aTransferTellsThatTheNamedNodeLeads(int priorityOfAnother) {
        Stand leader = leader();
        Stand to = stand("b", 0);
        Stand unused = stand("another", priorityOfAnother);
        pass(Duration.ofSeconds(1));
        CompletableFuture<Leader> result = leader.transfer(to);
        pass(Duration.ofMillis(200));
        assertThat(result).isCompletedWithValueMatching(then -> then.node().equals("b"));
        assertThat(story).containsExactly("a leads", "a RESIGNED", "b leads");
    }

    @Test
    void aTransferTellsThatAnotherWasFaster() {
        Stand leader = leader();
        Stand to = stand("b", 0);
        Stand unused = stand("c", 0);
        pass(Duration.ofSeconds(1));
        to.crash();
        CompletableFuture<Leader> result = leader.transfer(to);
        pass(Duration.ofSeconds(1));
        assertThat(result).isCompletedWithValueMatching(then -> then.node().equals("c"));
        assertThat(story).containsExactly("a leads", "a RESIGNED", "c leads");
    }

    @Test
    void aTransferThatNobodyTakesLeavesTheWorkWhereItWas() {
        Stand leader = leader();
        Stand to = stand("b", 0);
        pass(Duration.ofSeconds(1));
        to.crash();
        CompletableFuture<Leader> result = leader.transfer(to);
        pass(TTL.plusSeconds(2));
        assertThat(result).isCompletedWithValueMatching(then -> then.node().equals("a"));
        assertThat(leader.candidate.state().leads()).isTrue();
    }

    @Test
    void aTransferToNobodyOrByAFollowerChangesNothing() {
        Stand leader = leader();
        Stand follower = stand("b", 0);
        pass(Duration.ofSeconds(1));
        CompletableFuture<Leader> toNobody = leader.transfer(null);
        CompletableFuture<Leader> byFollower = follower.transfer(leader);
        CompletableFuture<Leader> byFollowerToNobody = follower.transfer(null);
        pass(TTL);
        assertFails(toNobody, "not eligible; a leads on");
        assertFails(byFollower, "b does not lead");
        assertFails(byFollowerToNobody, "b does not lead");
        assertThat(story).containsExactly("a leads");
    }

    private static void assertFails(CompletableFuture<Leader> result, String why) {
        assertThat(result)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(LeaderLeaseException.class)
                .withMessageContaining(why);
    }

    @Test
    void whoWaitsForATransferIsToldIfTheElectionIsClosed() {
        Stand leader = leader();
        Stand to = stand("b", 0);
        pass(Duration.ofSeconds(1));
        to.crash();
        CompletableFuture<Leader> result = leader.transfer(to);
        leader.process.engine.run(leader.candidate::close);
        pass(Duration.ofSeconds(1));
        assertFails(result, "closed");
    }

    @Test
    void whoIsSuspendedHandsOverAndStandsAgainWhenResumed() {
        Stand leader = leader();
        Stand other = stand("b", 0);
        pass(Duration.ofSeconds(1));
        leader.suspend();
        pass(Duration.ofSeconds(1));
        assertThat(story).containsExactly("a leads", "a NOT_ELIGIBLE", "b leads");
        other.crash();
        pass(TTL.multipliedBy(3));
        assertThat(story).as("nobody else stands").hasSize(3);
        leader.resume();
        pass(Duration.ofSeconds(1));
        assertThat(story).last().isEqualTo("a leads");
    }

    /** Both before the engine has looked. */
    @Test
    void whoIsSuspendedAndResumedAtOnceHandsOverAndStandsAgain() {
        Stand leader = leader();
        Stand other = stand("b", 0);
        pass(Duration.ofSeconds(1));
        CompletableFuture<Void> suspended = leader.suspending();
        leader.resume();
        pass(Duration.ofSeconds(1));
        assertThat(suspended).isCompleted();
        assertThat(story).containsExactly("a leads", "a NOT_ELIGIBLE", "b leads");
        other.crash();
        pass(TTL.plusSeconds(2));
        assertThat(story).last().isEqualTo("a leads");
    }

    @Test
    void aConditionIsAskedAgainAndAgain() {
        AtomicBoolean well = new AtomicBoolean();
        Stand leader = new Stand(world, "a", 0, well::get);
        pass(TTL);
        assertThat(story).isEmpty();
        well.set(true);
        pass(Duration.ofSeconds(3));
        assertThat(story).containsExactly("a leads");
        well.set(false);
        pass(Duration.ofSeconds(2));
        assertThat(story).last().isEqualTo("a NOT_ELIGIBLE");
        assertThat(leader.candidate.state().available()).isFalse();
        assertThat(world.database.rows(Table.TERM)).singleElement().asString().contains("NOT_ELIGIBLE");
    }

    /** Its term is won after all, and is given back before anybody was told of it. */
    @Test
    void whoIsSuspendedWhileItAttemptsDoesNotLead() {
        Stand leader = stand("a", 0);
        while (!(leader.candidate.state().role() instanceof Role.Acquiring)) {
            pass(Duration.ofMillis(1));
        }
        leader.suspend();
        pass(Duration.ofSeconds(1));
        assertThat(story).isEmpty();
        assertThat(world.terms()).isEqualTo(1);
        assertThat(world.database.rows(Table.TERM)).singleElement().asString().contains("NOT_ELIGIBLE");
    }

    @Test
    void whoIsSuspendedAndResumedWhileItAttemptsLeadsAndNobodyWaitsForIt() {
        Stand leader = stand("a", 0);
        while (!(leader.candidate.state().role() instanceof Role.Acquiring)) {
            pass(Duration.ofMillis(1));
        }
        CompletableFuture<Void> suspended = leader.suspending();
        leader.resume();
        pass(Duration.ofSeconds(1));
        assertThat(story).containsExactly("a leads");
        assertThat(suspended).isCompleted();
    }

    /** Nobody counts on a candidate whose job has failed, while it stands back. */
    @Test
    void whoseJobHasFailedIsNobodysHeirForAWhile() {
        CalmWorld.Peer process = world.process();
        Candidate failing = process.candidate(
                "job",
                "failing",
                TTL,
                9,
                null,
                new UserCode(
                        List.of(),
                        leadership -> {
                            throw new IllegalStateException("meant to fail");
                        },
                        false,
                        null));
        process.engine.add(failing);
        pass(Duration.ofSeconds(1));
        Stand leader = stand("a", 0);
        Stand unused = stand("b", 0);
        pass(Duration.ofSeconds(2));
        assertThat(failing.state().available()).isFalse();
        Stand leads = leader.candidate.state().leads() ? leader : unused;
        leads.process.engine.run(() -> leads.candidate.requests().resign(new CompletableFuture<>()));
        pass(Duration.ofMillis(100));
        assertThat(story).hasSize(3).last().asString().endsWith("leads");
    }
}
