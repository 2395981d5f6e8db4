package io.github.leaderlease;

import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import io.github.leaderlease.spi.Scheduler;
import io.github.leaderlease.testkit.InMemoryDatabase;
import io.github.leaderlease.testkit.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Two nodes that win, renew, follow, resign, close; one call of theirs throws. A moment later all must be as if it had not.
 * Loaded with classes in which each call goes through {@link Bomb}.
 */
final class ErrorRun {

    static final List<String> ELECTIONS = List.of("e0", "e1");
    static final Duration TTL = Duration.ofSeconds(3);

    /** A lease that was not released runs out, and then somebody takes it; with some to spare. */
    private static final Duration LONGEST_ABSENCE = Duration.ofSeconds(7);

    /** Until what went wrong is found: half a heartbeat. */
    private static final Duration SOON = Duration.ofSeconds(2);

    private final VirtualTime time = new VirtualTime(new SplittableRandom(1));
    private final SplittableRandom random = new SplittableRandom(2);
    private final InMemoryDatabase database =
            new InMemoryDatabase(() -> Instant.ofEpochMilli(1_700_000_000_000L + time.nanos() / 1_000_000));
    private final ErrorNode a = new ErrorNode("a", time, database.open(), random);
    private final ErrorNode b = new ErrorNode("b", time, database.open(), random);
    private final Map<String, Long> absentSince = new HashMap<>();
    private final List<CompletableFuture<Void>> resignations = new ArrayList<>();
    private final List<CompletableFuture<Leader>> transfers = new ArrayList<>();
    private @Nullable String violation;

    private ErrorRun() {}

    /** Called by reflection: the calls at which to go off, by place: first, later, last. */
    static long[][] record(int places) {
        Bomb.arm(0, AssertionError::new);
        String violation = new ErrorRun().play(); // what classes do once, they have done then
        Bomb.record(places);
        violation = violation == null ? new ErrorRun().play() : violation;
        Bomb.stopRecording();
        if (violation != null) {
            throw new AssertionError("without any error: " + violation);
        }
        return Bomb.ordinals;
    }

    /** Called by reflection: what is wrong after an error at that call, or null. */
    static @Nullable String violation(long call, Supplier<Throwable> error) {
        Bomb.arm(call, error);
        String violation = new ErrorRun().play();
        Bomb.pause(true);
        return Bomb.exploded() ? violation : "it did not go off: runs differ";
    }

    private @Nullable String play() {
        at(0, () -> ELECTIONS.forEach(a::start));
        at(1_000, () -> ELECTIONS.forEach(b::start));
        at(8_000, () -> ELECTIONS.forEach(election -> suspend(a, election)));
        at(13_000, () -> ELECTIONS.forEach(election -> twice(() -> a.resume(election))));
        at(17_000, () -> ELECTIONS.forEach(election -> transfer(b, election)));
        at(22_000, () -> ELECTIONS.forEach(election -> resign(a, election)));
        at(27_000, () -> ELECTIONS.forEach(election -> resign(b, election)));
        at(33_000, () -> ELECTIONS.forEach(a::close));
        long end = Duration.ofSeconds(48).toNanos();
        while (violation == null && step(end)) {
            unobserved(this::check);
        }
        if (violation == null) {
            unobserved(this::checkEnd);
        }
        return violation;
    }

    /** As the loop of a scheduler does: what a task throws ends that task. */
    private boolean step(long end) {
        try {
            return time.stepUntil(end);
        } catch (RuntimeException | Error e) {
            if (e instanceof AssertionError) {
                throw e;
            }
            return true;
        }
    }

    private void at(long millis, Runnable action) {
        time.after(Duration.ofMillis(millis), action);
    }

    /** An application is told if its call fails, and then calls again. */
    static void twice(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException | Error e) {
            call.run();
        }
    }

    private void suspend(ErrorNode node, String election) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        resignations.add(done);
        twice(() -> node.suspend(election, done));
    }

    private void transfer(ErrorNode node, String election) {
        CompletableFuture<Leader> done = new CompletableFuture<>();
        transfers.add(done);
        twice(() -> node.transfer(election, "a", done));
    }

    private void resign(ErrorNode node, String election) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        resignations.add(done);
        twice(() -> node.resign(election, done));
    }

    private static void unobserved(Runnable question) {
        Bomb.pause(true);
        question.run();
        Bomb.pause(false);
    }

    private void check() {
        for (String election : ELECTIONS) {
            boolean leads = a.leads(election);
            if (leads && b.leads(election)) {
                violation = election + ": two leaders";
            }
            leads |= b.leads(election);
            if (leads) {
                absentSince.remove(election);
            } else {
                long since = absentSince.computeIfAbsent(election, name -> time.nanos());
                if (time.nanos() - since > LONGEST_ABSENCE.toNanos()) {
                    violation = election + ": nobody leads since " + since / 1_000_000 + " ms; " + a.show(election)
                            + " " + b.show(election);
                }
            }
            firstOf(a.complaint(election, SOON), b.complaint(election, SOON));
        }
    }

    private void firstOf(@Nullable String one, @Nullable String other) {
        String complaint = one == null ? other : one;
        if (violation == null && complaint != null) {
            violation = complaint + " at " + time.nanos() / 1_000_000 + " ms";
        }
    }

    private void checkEnd() {
        for (String election : ELECTIONS) {
            if (!b.leads(election)) {
                violation = election + ": b does not lead at the end; " + a.show(election) + " " + b.show(election);
            }
            if (!a.closed(election)) {
                violation = election + ": a is not closed at the end; " + a.show(election);
            }
        }
        if (!resignations.stream().allMatch(CompletableFuture::isDone)) {
            violation = "a suspension or resignation has not come to an end";
        }
        for (CompletableFuture<Leader> each : transfers) {
            if (!each.isDone()) {
                violation = "a transfer has not come to an end";
            } else if (each.isCompletedExceptionally()) {
                violation = "a transfer failed: "
                        + each.handle((l, e) -> String.valueOf(e)).join();
            }
        }
    }

    /** An answer that comes after two milliseconds each way, at the bound at the latest. */
    static final class Calls implements AsyncStore {
        private static final Duration WAY = Duration.ofMillis(2);
        private final VirtualTime world;
        private final Scheduler time;
        private final LeaseStore store;

        Calls(VirtualTime world, Scheduler time, LeaseStore store) {
            this.world = world;
            this.time = time;
            this.store = store;
        }

        @Override
        public <T> void call(
                Kind kind,
                Duration bound,
                Function<LeaseStore, T> call,
                Consumer<T> answer,
                Consumer<Throwable> failure) {
            boolean[] done = {false};
            Runnable cancel = time.schedule(bound, () -> {
                if (!done[0]) {
                    done[0] = true;
                    failure.accept(new LeaseStoreException(Failure.UNAVAILABLE, "no answer", null));
                }
            });
            world.after(WAY, () -> {
                Runnable outcome = outcome(call, answer, failure);
                world.after(
                        WAY,
                        () -> time.schedule(Duration.ZERO, () -> {
                            if (!done[0]) {
                                done[0] = true;
                                cancel.run();
                                outcome.run();
                            }
                        }));
            });
        }

        private <T> Runnable outcome(Function<LeaseStore, T> call, Consumer<T> answer, Consumer<Throwable> failure) {
            try {
                T value = call.apply(store);
                return () -> answer.accept(value);
            } catch (RuntimeException | Error e) {
                return () -> failure.accept(e);
            }
        }
    }
}
