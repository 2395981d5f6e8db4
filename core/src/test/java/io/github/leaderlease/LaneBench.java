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

/** A lane on time that a test moves, its stores, and the outcomes of its calls in the order in which they came. */
final class LaneBench {

    static final Duration BOUND = Duration.ofMillis(500);

    final ManualScheduler time = new ManualScheduler();
    final List<RecordingStore> stores = new CopyOnWriteArrayList<>();
    final Lane lane = new Lane("test-lane", time, this::open);
    final List<Object> outcomes = new ArrayList<>();
    final AtomicInteger begun = new AtomicInteger();

    RecordingStore open() {
        RecordingStore store = new RecordingStore();
        stores.add(store);
        return store;
    }

    void letAllGo() {
        stores.forEach(RecordingStore::release);
        CompletableFuture<Void> unused = lane.close();
    }

    void call(Function<LeaseStore, String> body) {
        call(BOUND, body);
    }

    void call(Duration bound, Function<LeaseStore, String> body) {
        lane.call(bound, body, outcomes::add, outcomes::add);
    }

    void hang() {
        int before = begun.get();
        call(store -> {
            begun.incrementAndGet();
            return ((RecordingStore) store).hang();
        });
        time.runUntil(() -> begun.get() == before + 1);
    }

    void answered(int count) {
        time.runUntil(() -> outcomes.size() >= count);
        assertThat(outcomes).hasSize(count);
    }

    static void happens(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(20, SECONDS)).isTrue();
    }

    Throwable failure(int index) {
        assertThat(outcomes.get(index)).isInstanceOf(LeaseStoreException.class);
        assertThat(((LeaseStoreException) outcomes.get(index)).failure()).isEqualTo(Failure.UNAVAILABLE);
        return (Throwable) outcomes.get(index);
    }

    static void await(CountDownLatch latch) {
        try {
            if (!latch.await(20, SECONDS)) {
                throw new AssertionError("nobody let it go");
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }
}
