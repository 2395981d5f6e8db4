package io.github.leaderlease;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A lane whose calls or connects hang. */
final class HangingLaneTest {

    private final LaneBench bench = new LaneBench();

    @AfterEach
    void letAllGo() {
        bench.letAllGo();
    }

    @Test
    void aHungCallIsAnsweredAtItsBoundAndNotBefore() {
        bench.hang();
        bench.time.advance(LaneBench.BOUND.minusNanos(1));
        assertThat(bench.outcomes).isEmpty();
        bench.time.advance(Duration.ofNanos(1));
        bench.answered(1);
        assertThat(bench.failure(0)).hasMessage("no answer within 500 ms");
    }

    @Test
    void theLateAnswerOfACallThatTimedOutIsDropped() throws Exception {
        bench.hang();
        bench.time.advance(LaneBench.BOUND);
        bench.stores.get(0).release();
        LaneBench.happens(bench.stores.get(0).closed);
        bench.call(store -> "next");
        bench.answered(2);
        assertThat(bench.outcomes.get(1)).isEqualTo("next");
    }

    @Test
    void afterAHungCallTheNextGetsANewConnectionAndTheOldOneIsBroken() throws Exception {
        bench.hang();
        bench.time.advance(LaneBench.BOUND);
        bench.call(store -> "next");
        bench.answered(2);
        assertThat(bench.outcomes.get(1)).isEqualTo("next");
        assertThat(bench.stores).hasSize(2);
        LaneBench.happens(bench.stores.get(0).cancelled);
        assertThat(bench.stores.get(0).aborted.getCount()).isEqualTo(1);
        bench.time.runUntil(() -> {
            bench.time.advance(Duration.ofSeconds(10));
            return bench.stores.get(0).aborted.getCount() == 0;
        });
        assertThat(bench.stores.get(1).aborted.getCount()).isEqualTo(1);
    }

    /** Perhaps the server goes on in them, and then the next one must not wait there as well. */
    @Test
    void theNextConnectionIsToldOfTheSessionsThatWereLeftBehind() {
        bench.hang();
        bench.time.advance(LaneBench.BOUND);
        bench.call(store -> "next");
        bench.answered(2);
        assertThat(bench.stores.get(0).leftBehind).isEmpty();
        assertThat(bench.stores.get(1).leftBehind)
                .containsExactly(bench.stores.get(0).session().orElseThrow());
    }

    @Test
    void whereTheServerIsNotReachedNobodyWaitsForItsAnswer() throws Exception {
        bench.hang();
        bench.stores.get(0).unreachable = true;
        bench.time.advance(LaneBench.BOUND);
        bench.time.runUntil(() -> bench.stores.get(0).aborted.getCount() == 0);
    }

    /** Each may have a session on the server. */
    @Test
    void oneThatHangsIsLeftBehindAndNoMore() {
        for (int i = 0; i < 2; i++) {
            bench.hang();
            bench.time.advance(LaneBench.BOUND);
        }
        bench.call(store -> {
            bench.begun.incrementAndGet();
            return "never";
        });
        bench.answered(3);
        assertThat(bench.failure(2)).hasMessageContaining("an earlier call to the database still hangs");
        assertThat(bench.begun).hasValue(2);
        assertThat(bench.stores).hasSize(2);
    }

    @Test
    void aLaneIsNotDeadForGoodWhenSomeHangForEver() {
        for (int i = 0; i < 2; i++) {
            bench.hang();
            bench.time.advance(LaneBench.BOUND);
        }
        bench.time.advance(Duration.ofSeconds(10));
        bench.call(store -> "one more");
        bench.answered(3);
        assertThat(bench.outcomes.get(2)).isEqualTo("one more");
        assertThat(bench.stores).hasSize(3);
    }

    @Test
    void aWorkerThatConnectsForTooLongIsGivenUp() {
        CountDownLatch connected = new CountDownLatch(1);
        AtomicInteger connects = new AtomicInteger();
        Lane slow = new Lane("slow-lane", bench.time, () -> {
            if (connects.incrementAndGet() == 1) {
                LaneBench.await(connected);
            }
            return bench.open();
        });
        slow.call(LaneBench.BOUND, store -> "never", bench.outcomes::add, bench.outcomes::add);
        bench.time.runUntil(() -> connects.get() == 1);
        bench.time.advance(Duration.ofSeconds(10));
        slow.call(LaneBench.BOUND, store -> "behind", bench.outcomes::add, bench.outcomes::add);
        bench.time.advance(LaneBench.BOUND);
        slow.call(LaneBench.BOUND, store -> "on a new connection", bench.outcomes::add, bench.outcomes::add);
        bench.answered(3);
        assertThat(bench.outcomes.get(2)).isEqualTo("on a new connection");
        assertThat(connects).hasValue(2);
        connected.countDown();
        CompletableFuture<Void> unused = slow.close();
    }

    @Test
    void whenThoseThatHungHaveReturnedCallsWorkAgain() throws Exception {
        for (int i = 0; i < 2; i++) {
            bench.hang();
            bench.time.advance(LaneBench.BOUND);
        }
        for (int i = 0; i < 2; i++) {
            bench.stores.get(i).release();
            LaneBench.happens(bench.stores.get(i).closed);
        }
        bench.time.runUntil(() -> {
            bench.call(store -> "back");
            bench.time.runUntil(() -> bench.outcomes.size() > 2);
            return bench.outcomes.remove(2).equals("back");
        });
        assertThat(bench.stores).hasSize(3);
    }

    @Test
    void eachCallBoundsTheServerByWhatIsLeftOfItsTime() {
        bench.call(store -> "first");
        bench.answered(1);
        assertThat(bench.stores.get(0).limits).containsExactly(LaneBench.BOUND + " of " + LaneBench.BOUND);
        bench.hang();
        bench.call(Duration.ofSeconds(1), store -> "behind");
        bench.time.advance(LaneBench.BOUND.dividedBy(2));
        bench.stores.get(0).release();
        bench.answered(3);
        assertThat(bench.stores.get(0).limits).last().isEqualTo("PT0.75S of PT1S");
    }

    @Test
    void aCallThatExpiresWhileItWaitsForItsTurnNeverBegins() {
        bench.lane.call(
                Duration.ofSeconds(10),
                store -> ((RecordingStore) store).hang(),
                bench.outcomes::add,
                bench.outcomes::add);
        bench.call(store -> {
            bench.begun.incrementAndGet();
            return "too late";
        });
        bench.time.runUntil(() -> bench.stores.size() == 1);
        bench.time.advance(LaneBench.BOUND);
        assertThat(bench.failure(0)).hasMessage("no answer within 500 ms");
        bench.stores.get(0).release();
        bench.answered(2);
        bench.call(store -> "next");
        bench.answered(3);
        assertThat(bench.outcomes.subList(1, 3)).containsExactly("late", "next");
        assertThat(bench.begun).hasValue(0);
    }

    @Test
    void aWorkerThatStillConnectsIsKeptAndWhatExpiredMeanwhileNeverBegins() throws Exception {
        CountDownLatch connected = new CountDownLatch(1);
        AtomicInteger connects = new AtomicInteger();
        Lane slow = new Lane("slow-lane", bench.time, () -> {
            connects.incrementAndGet();
            LaneBench.await(connected);
            return bench.open();
        });
        slow.call(LaneBench.BOUND, store -> bench.begun.incrementAndGet(), bench.outcomes::add, bench.outcomes::add);
        bench.time.runUntil(() -> connects.get() == 1);
        bench.time.advance(LaneBench.BOUND);
        assertThat(bench.failure(0)).hasMessage("no answer within 500 ms");
        slow.call(LaneBench.BOUND, store -> "connected", bench.outcomes::add, bench.outcomes::add);
        connected.countDown();
        bench.answered(2);
        assertThat(bench.outcomes.get(1)).isEqualTo("connected");
        assertThat(connects).hasValue(1);
        assertThat(bench.begun).hasValue(0);
        slow.close().get(20, SECONDS);
        assertThat(bench.stores.get(0).closed.getCount()).isZero();
    }

    @Test
    void closeBreaksTheCallThatIsUnderWay() throws Exception {
        bench.hang();
        CompletableFuture<Void> closed = bench.lane.close();
        LaneBench.happens(bench.stores.get(0).aborted);
        assertThat(closed).isNotDone();
        bench.stores.get(0).release();
        closed.get(20, SECONDS);
        assertThat(bench.stores.get(0).closed.getCount()).isZero();
    }

    @Test
    void closeDoesNotWaitForWhatWasGivenUpLongAgo() throws Exception {
        bench.hang();
        bench.time.advance(LaneBench.BOUND);
        bench.call(store -> "second");
        bench.answered(2);
        bench.lane.close().get(20, SECONDS);
        assertThat(bench.stores.get(1).closed.getCount()).isZero();
        assertThat(bench.stores.get(0).closed.getCount()).isEqualTo(1);
    }
}
