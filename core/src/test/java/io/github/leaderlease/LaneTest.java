package io.github.leaderlease;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class LaneTest {

    private static final Duration BOUND = Duration.ofMillis(500);

    private final ManualScheduler time = new ManualScheduler();
    private final List<RecordingStore> stores = new CopyOnWriteArrayList<>();
    private final Lane lane = new Lane("test-lane", time, this::open);
    private final List<Object> outcomes = new ArrayList<>();
    private final AtomicInteger begun = new AtomicInteger();

    private RecordingStore open() {
        RecordingStore store = new RecordingStore();
        stores.add(store);
        return store;
    }

    @AfterEach
    void letAllGo() {
        stores.forEach(RecordingStore::release);
        CompletableFuture<Void> unused = lane.close();
    }

    private void call(Function<LeaseStore, String> body) {
        call(BOUND, body);
    }

    private void call(Duration bound, Function<LeaseStore, String> body) {
        lane.call(bound, body, outcomes::add, outcomes::add);
    }

    private void hang() {
        int before = begun.get();
        call(store -> {
            begun.incrementAndGet();
            return ((RecordingStore) store).hang();
        });
        time.runUntil(() -> begun.get() == before + 1);
    }

    private void answered(int count) {
        time.runUntil(() -> outcomes.size() >= count);
        assertThat(outcomes).hasSize(count);
    }

    private static void happens(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(20, SECONDS)).isTrue();
    }

    private Throwable failure(int index) {
        assertThat(outcomes.get(index)).isInstanceOf(LeaseStoreException.class);
        assertThat(((LeaseStoreException) outcomes.get(index)).failure()).isEqualTo(Failure.UNAVAILABLE);
        return (Throwable) outcomes.get(index);
    }

    @Test
    void answersComeOnTheSchedulersThreadInOrderFromOneStore() {
        List<Thread> callers = new CopyOnWriteArrayList<>();
        List<Thread> receivers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            String value = "answer " + i;
            lane.call(
                    BOUND,
                    store -> {
                        callers.add(Thread.currentThread());
                        return value;
                    },
                    answer -> {
                        receivers.add(Thread.currentThread());
                        outcomes.add(answer);
                    },
                    outcomes::add);
        }
        answered(5);
        assertThat(outcomes).containsExactly("answer 0", "answer 1", "answer 2", "answer 3", "answer 4");
        assertThat(receivers).containsOnly(Thread.currentThread());
        assertThat(callers).doesNotContain(Thread.currentThread());
        assertThat(callers.stream().distinct()).hasSize(1);
        assertThat(stores).hasSize(1);
    }

    @Test
    void aHungCallIsAnsweredAtItsBoundAndNotBefore() {
        hang();
        time.advance(BOUND.minusNanos(1));
        assertThat(outcomes).isEmpty();
        time.advance(Duration.ofNanos(1));
        answered(1);
        assertThat(failure(0)).hasMessage("no answer within 500 ms");
    }

    @Test
    void theLateAnswerOfACallThatTimedOutIsDropped() throws Exception {
        hang();
        time.advance(BOUND);
        stores.get(0).release();
        happens(stores.get(0).closed);
        call(store -> "next");
        answered(2);
        assertThat(outcomes.get(1)).isEqualTo("next");
    }

    @Test
    void afterAHungCallTheNextGetsANewConnectionAndTheOldOneIsBroken() throws Exception {
        hang();
        time.advance(BOUND);
        call(store -> "next");
        answered(2);
        assertThat(outcomes.get(1)).isEqualTo("next");
        assertThat(stores).hasSize(2);
        happens(stores.get(0).aborted);
        assertThat(stores.get(1).aborted.getCount()).isEqualTo(1);
    }

    @Test
    void threadsThatHangDoNotPileUp() {
        for (int i = 0; i < 4; i++) {
            hang();
            time.advance(BOUND);
        }
        call(store -> {
            begun.incrementAndGet();
            return "never";
        });
        answered(5);
        assertThat(failure(4)).hasMessageContaining("4 earlier calls to the database still hang");
        assertThat(begun).hasValue(4);
        assertThat(stores).hasSize(4);
    }

    @Test
    void aLaneIsNotDeadForGoodWhenSomeHangForEver() {
        for (int i = 0; i < 4; i++) {
            hang();
            time.advance(BOUND);
        }
        time.advance(Duration.ofMinutes(1));
        call(store -> "one more");
        answered(5);
        assertThat(outcomes.get(4)).isEqualTo("one more");
        assertThat(stores).hasSize(5);
    }

    @Test
    void aWorkerThatConnectsForTooLongIsGivenUp() {
        CountDownLatch connected = new CountDownLatch(1);
        AtomicInteger connects = new AtomicInteger();
        Lane slow = new Lane("slow-lane", time, () -> {
            if (connects.incrementAndGet() == 1) {
                await(connected);
            }
            return open();
        });
        slow.call(BOUND, store -> "never", outcomes::add, outcomes::add);
        time.runUntil(() -> connects.get() == 1);
        time.advance(Duration.ofSeconds(10));
        slow.call(BOUND, store -> "behind", outcomes::add, outcomes::add);
        time.advance(BOUND);
        slow.call(BOUND, store -> "on a new connection", outcomes::add, outcomes::add);
        answered(3);
        assertThat(outcomes.get(2)).isEqualTo("on a new connection");
        assertThat(connects).hasValue(2);
        connected.countDown();
        CompletableFuture<Void> unused = slow.close();
    }

    @Test
    void whenOneThatHungHasReturnedCallsWorkAgain() throws Exception {
        for (int i = 0; i < 4; i++) {
            hang();
            time.advance(BOUND);
        }
        stores.get(2).release();
        happens(stores.get(2).closed);
        time.runUntil(() -> {
            call(store -> "back");
            time.runUntil(() -> outcomes.size() > 4);
            return outcomes.remove(4).equals("back");
        });
        assertThat(stores).hasSize(5);
    }

    @Test
    void aCallThatExpiresWhileItWaitsForItsTurnNeverBegins() {
        lane.call(Duration.ofSeconds(10), store -> ((RecordingStore) store).hang(), outcomes::add, outcomes::add);
        call(store -> {
            begun.incrementAndGet();
            return "too late";
        });
        time.runUntil(() -> stores.size() == 1);
        time.advance(BOUND);
        assertThat(failure(0)).hasMessage("no answer within 500 ms");
        stores.get(0).release();
        answered(2);
        call(store -> "next");
        answered(3);
        assertThat(outcomes.subList(1, 3)).containsExactly("late", "next");
        assertThat(begun).hasValue(0);
    }

    @Test
    void aWorkerThatStillConnectsIsKeptAndWhatExpiredMeanwhileNeverBegins() throws Exception {
        CountDownLatch connected = new CountDownLatch(1);
        AtomicInteger connects = new AtomicInteger();
        Lane slow = new Lane("slow-lane", time, () -> {
            connects.incrementAndGet();
            await(connected);
            return open();
        });
        slow.call(BOUND, store -> begun.incrementAndGet(), outcomes::add, outcomes::add);
        time.runUntil(() -> connects.get() == 1);
        time.advance(BOUND);
        assertThat(failure(0)).hasMessage("no answer within 500 ms");
        slow.call(BOUND, store -> "connected", outcomes::add, outcomes::add);
        connected.countDown();
        answered(2);
        assertThat(outcomes.get(1)).isEqualTo("connected");
        assertThat(connects).hasValue(1);
        assertThat(begun).hasValue(0);
        slow.close().get(20, SECONDS);
        assertThat(stores.get(0).closed.getCount()).isZero();
    }

    @ParameterizedTest
    @EnumSource(
            value = Failure.class,
            names = {"UNAVAILABLE", "READ_ONLY", "OTHER"})
    void afterAFailureThatMayBeTheConnectionsTheNextCallGetsANewOne(Failure kind) throws Exception {
        LeaseStoreException thrown = new LeaseStoreException(kind, "on purpose", null);
        call(store -> {
            throw thrown;
        });
        call(store -> "next");
        answered(2);
        assertThat(outcomes).containsExactly(thrown, "next");
        happens(stores.get(0).closed);
        assertThat(stores).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource(
            value = Failure.class,
            names = {"BLOCKED", "CONFLICT", "SCHEMA", "DENIED"})
    void afterAFailureThatIsNotTheConnectionsItIsKept(Failure kind) {
        LeaseStoreException thrown = new LeaseStoreException(kind, "on purpose", null);
        call(store -> {
            throw thrown;
        });
        call(store -> "next");
        answered(2);
        assertThat(outcomes).containsExactly(thrown, "next");
        assertThat(stores).hasSize(1);
    }

    @Test
    void anErrorIsAFailedCallAndNoDeadThread() {
        AssertionError thrown = new AssertionError("on purpose");
        call(store -> {
            throw thrown;
        });
        call(store -> "next");
        answered(2);
        assertThat(outcomes).containsExactly(thrown, "next");
    }

    @Test
    void aConnectionThatCannotBeHadFailsTheCallAndTheNextOneTriesAgain() {
        LeaseStoreException refused = new LeaseStoreException(Failure.UNAVAILABLE, "connection refused", null);
        AtomicInteger connects = new AtomicInteger();
        Lane flaky = new Lane("flaky-lane", time, () -> {
            if (connects.incrementAndGet() == 1) {
                throw refused;
            }
            return open();
        });
        flaky.call(BOUND, store -> "first", outcomes::add, outcomes::add);
        answered(1);
        flaky.call(BOUND, store -> "second", outcomes::add, outcomes::add);
        answered(2);
        assertThat(outcomes).containsExactly(refused, "second");
        CompletableFuture<Void> unused = flaky.close();
    }

    @Test
    void closeGivesTheConnectionBackAndTellsWhenItDid() throws Exception {
        call(store -> "first");
        answered(1);
        lane.close().get(20, SECONDS);
        assertThat(stores.get(0).closed.getCount()).isZero();
    }

    @Test
    void closingALaneThatNeverConnectedIsDoneAtOnce() {
        assertThat(lane.close()).isCompleted();
        assertThat(stores).isEmpty();
    }

    @Test
    void closeBreaksTheCallThatIsUnderWay() throws Exception {
        hang();
        CompletableFuture<Void> closed = lane.close();
        happens(stores.get(0).aborted);
        assertThat(closed).isNotDone();
        stores.get(0).release();
        closed.get(20, SECONDS);
        assertThat(stores.get(0).closed.getCount()).isZero();
    }

    @Test
    void closeDoesNotWaitForWhatWasGivenUpLongAgo() throws Exception {
        hang();
        time.advance(BOUND);
        call(store -> "second");
        answered(2);
        lane.close().get(20, SECONDS);
        assertThat(stores.get(1).closed.getCount()).isZero();
        assertThat(stores.get(0).closed.getCount()).isEqualTo(1);
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(20, SECONDS)) {
                throw new AssertionError("nobody let it go");
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }
}
