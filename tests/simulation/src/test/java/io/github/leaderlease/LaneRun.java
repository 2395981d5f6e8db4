package io.github.leaderlease;

import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.LeaseStore.ReadRequest;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import io.github.leaderlease.testkit.InMemoryDatabase;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A lane in real time: calls that are answered, that fail, that hang and are given up; and the engine's thread. One call of
 * theirs throws. A moment later calls must be answered as if it had not. Loaded with classes in which each call goes through
 * {@link Bomb}.
 */
final class LaneRun {

    private static final Duration SHORT = Duration.ofMillis(60);
    private static final Duration LONG = Duration.ofMillis(400);

    /** Within a heartbeat, and then some for a busy machine. */
    private static final Duration RIGHT_AGAIN = Duration.ofSeconds(20);

    private final SystemScheduler time = new SystemScheduler("errors");
    private final InMemoryDatabase database = new InMemoryDatabase(Instant::now);
    private final AtomicInteger twice = new AtomicInteger();
    private final Lane lane = new Lane("lane-errors", time, this::open);

    private LaneRun() {}

    /** Called by reflection: the places that a run comes by. */
    static boolean[] record(int places) {
        boolean[] passed = Bomb.watch(places);
        String violation = new LaneRun().play();
        if (violation != null) {
            throw new AssertionError("without any error: " + violation);
        }
        return passed.clone();
    }

    /** Called by reflection: what is wrong after an error at that place, or null. */
    static @Nullable String violation(int place, Supplier<Throwable> error) {
        Bomb.mine(place, error);
        LaneRun run;
        try {
            run = new LaneRun();
        } catch (RuntimeException | Error e) {
            return null; // whoever wanted to make it is told
        }
        String violation = run.play();
        return Bomb.exploded() ? violation : null;
    }

    /** A connection: a call that hangs comes back when it is broken off. */
    private LeaseStore open() {
        LeaseStore store = database.open();
        CountDownLatch broken = new CountDownLatch(1);
        return (LeaseStore) Proxy.newProxyInstance(
                LeaseStore.class.getClassLoader(),
                new Class<?>[] {LeaseStore.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "cancel" -> false;
                    case "abort" -> {
                        broken.countDown();
                        yield null;
                    }
                    case "release" -> {
                        broken.await();
                        throw new LeaseStoreException(Failure.UNAVAILABLE, "broken off", null);
                    }
                    case "close" -> {
                        store.close();
                        yield null;
                    }
                    case "session" -> Optional.empty();
                    case "limit", "leftBehind" -> null;
                    default -> store.read(List.of(new ReadRequest("e", null, 0)));
                });
    }

    private @Nullable String play() {
        try {
            call(LONG, LaneRun::look);
            call(LONG, store -> {
                throw new LeaseStoreException(Failure.UNAVAILABLE, "on purpose", null);
            });
            call(LONG, LaneRun::look);
            call(SHORT, store -> store.release(List.of()));
            call(LONG, LaneRun::look);
            if (!isRightAgain()) {
                return "no call is answered any more";
            }
            return twice.get() > 0 ? "a call was answered twice" : null;
        } finally {
            close();
        }
    }

    private static Object look(LeaseStore store) {
        return store.read(List.of(new ReadRequest("e", null, 0)));
    }

    private boolean isRightAgain() {
        long begun = System.nanoTime();
        while (System.nanoTime() - begun < RIGHT_AGAIN.toNanos()) {
            if (call(Duration.ofMillis(300), LaneRun::look)) {
                return true;
            }
        }
        return false;
    }

    /** True if it was answered well; one that got lost within this process is waited for as long as the engine would. */
    private boolean call(Duration bound, Function<LeaseStore, Object> body) {
        CompletableFuture<Object> answer = new CompletableFuture<>();
        try {
            time.schedule(
                    Duration.ZERO,
                    () -> lane.call(
                            bound,
                            body,
                            value -> answered(answer.complete(value)),
                            failure -> answered(answer.completeExceptionally(failure))));
            return answer.get(bound.multipliedBy(2).toMillis(), TimeUnit.MILLISECONDS) != null;
        } catch (ExecutionException | TimeoutException | RuntimeException | Error e) {
            return false;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void answered(boolean first) {
        if (!first) {
            twice.incrementAndGet();
        }
    }

    private void close() {
        try {
            time.schedule(Duration.ZERO, () -> {
                CompletableFuture<Void> unused = lane.close();
            });
            time.close();
        } catch (RuntimeException | Error e) {
            time.close(); // it went off just now
        }
    }
}
