package io.github.leaderlease;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A lane whose calls return. */
final class LaneTest {

    private final LaneBench bench = new LaneBench();

    @AfterEach
    void letAllGo() {
        bench.letAllGo();
    }

    @Test
    void answersComeOnTheSchedulersThreadInOrderFromOneStore() {
        List<Thread> callers = new CopyOnWriteArrayList<>();
        List<Thread> receivers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            String value = "answer " + i;
            bench.lane.call(
                    LaneBench.BOUND,
                    store -> {
                        callers.add(Thread.currentThread());
                        return value;
                    },
                    answer -> {
                        receivers.add(Thread.currentThread());
                        bench.outcomes.add(answer);
                    },
                    bench.outcomes::add);
        }
        bench.answered(5);
        assertThat(bench.outcomes).containsExactly("answer 0", "answer 1", "answer 2", "answer 3", "answer 4");
        assertThat(receivers).containsOnly(Thread.currentThread());
        assertThat(callers).doesNotContain(Thread.currentThread());
        assertThat(callers.stream().distinct()).hasSize(1);
        assertThat(bench.stores).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = Failure.class,
            names = {"UNAVAILABLE", "READ_ONLY", "OTHER"})
    void afterAFailureThatMayBeTheConnectionsTheNextCallGetsANewOne(Failure kind) throws Exception {
        LeaseStoreException thrown = new LeaseStoreException(kind, "on purpose", null);
        bench.call(store -> {
            throw thrown;
        });
        bench.call(store -> "next");
        bench.answered(2);
        assertThat(bench.outcomes).containsExactly(thrown, "next");
        LaneBench.happens(bench.stores.get(0).closed);
        assertThat(bench.stores).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource(
            value = Failure.class,
            names = {"BLOCKED", "CONFLICT", "SCHEMA", "DENIED"})
    void afterAFailureThatIsNotTheConnectionsItIsKept(Failure kind) {
        LeaseStoreException thrown = new LeaseStoreException(kind, "on purpose", null);
        bench.call(store -> {
            throw thrown;
        });
        bench.call(store -> "next");
        bench.answered(2);
        assertThat(bench.outcomes).containsExactly(thrown, "next");
        assertThat(bench.stores).hasSize(1);
    }

    @Test
    void anErrorIsAFailedCallAndNoDeadThread() {
        AssertionError thrown = new AssertionError("on purpose");
        bench.call(store -> {
            throw thrown;
        });
        bench.call(store -> "next");
        bench.answered(2);
        assertThat(bench.outcomes).containsExactly(thrown, "next");
    }

    @Test
    void aConnectionThatCannotBeHadFailsTheCallAndTheNextOneTriesAgain() {
        LeaseStoreException refused = new LeaseStoreException(Failure.UNAVAILABLE, "connection refused", null);
        AtomicInteger connects = new AtomicInteger();
        Lane flaky = new Lane("flaky-lane", bench.time, () -> {
            if (connects.incrementAndGet() == 1) {
                throw refused;
            }
            return bench.open();
        });
        flaky.call(LaneBench.BOUND, store -> "first", bench.outcomes::add, bench.outcomes::add);
        bench.answered(1);
        flaky.call(LaneBench.BOUND, store -> "second", bench.outcomes::add, bench.outcomes::add);
        bench.answered(2);
        assertThat(bench.outcomes).containsExactly(refused, "second");
        CompletableFuture<Void> unused = flaky.close();
    }

    @Test
    void closeGivesTheConnectionBackAndTellsWhenItDid() throws Exception {
        bench.call(store -> "first");
        bench.answered(1);
        bench.lane.close().get(20, SECONDS);
        assertThat(bench.stores.get(0).closed.getCount()).isZero();
    }

    @Test
    void closingALaneThatNeverConnectedIsDoneAtOnce() {
        assertThat(bench.lane.close()).isCompleted();
        assertThat(bench.stores).isEmpty();
    }
}
