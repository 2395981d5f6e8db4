package io.github.leaderlease;

import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The network between one node and the database. */
final class FaultyNetwork implements SimulatedCalls.Network {

    private static final double LOST = 0.12;
    private static final double TWICE = 0.1;
    private static final double VERY_LATE = 0.03;

    private final World world;
    private final SimulatedProcess process;
    private final LeaseStore store;

    FaultyNetwork(World world, SimulatedProcess process, LeaseStore store) {
        this.world = world;
        this.process = process;
        this.store = store;
    }

    @Override
    public <T> void send(
            Function<LeaseStore, T> request,
            Operation operation,
            BiConsumer<@Nullable T, @Nullable LeaseStoreException> back) {
        if (process.slot().requestsCut() || dropped()) {
            world.trace().log(process.name(), () -> "request lost: " + operation);
            maybeSayLost(back);
            return;
        }
        Duration delay = delay();
        world.after(delay, () -> arrive(request, operation, back));
        if (world.faulty(Fault.DUPLICATE) && world.chance(TWICE)) {
            world.after(delay.plus(upTo(2)), () -> again(request, operation));
        }
    }

    private <T> void arrive(
            Function<LeaseStore, T> request,
            Operation operation,
            BiConsumer<@Nullable T, @Nullable LeaseStoreException> back) {
        if (world.databaseDown()) {
            maybeSayLost(back);
            return;
        }
        T result = null;
        LeaseStoreException error = null;
        try {
            result = request.apply(store);
        } catch (LeaseStoreException e) {
            error = e;
        }
        T answer = result;
        LeaseStoreException failure = error;
        world.trace().log(process.name(), () -> operation + " -> " + (failure == null ? answer : failure.getMessage()));
        if (process.slot().repliesCut() || dropped()) {
            world.trace().log(process.name(), () -> "answer lost: " + operation);
            maybeSayLost(back);
            return;
        }
        world.after(delay(), () -> back.accept(answer, failure));
    }

    private <T> void again(Function<LeaseStore, T> request, Operation operation) {
        if (world.databaseDown()) {
            return;
        }
        try {
            T result = request.apply(store);
            world.trace().log(process.name(), () -> "once more: " + operation + " -> " + result);
        } catch (LeaseStoreException e) {
            world.trace().log(process.name(), () -> "once more: " + operation + " -> " + e.getMessage());
        }
    }

    /** The connection breaks, or nothing is heard at all. */
    private void maybeSayLost(BiConsumer<?, @Nullable LeaseStoreException> back) {
        world.troubleNow();
        if (world.chance(0.5)) {
            LeaseStoreException broken = new LeaseStoreException(Failure.UNAVAILABLE, "connection broken", null);
            world.after(world.profile().latency(), () -> back.accept(null, broken));
        }
    }

    private boolean dropped() {
        return world.faulty(Fault.LOSS) && world.chance(LOST);
    }

    private Duration delay() {
        if (world.faulty(Fault.DELAY) && world.chance(world.profile().slowChance())) {
            return world.chance(VERY_LATE) ? upTo(2) : upTo(0.25);
        }
        return Duration.ofNanos(
                100_000 + world.random().nextLong(world.profile().latency().toNanos()));
    }

    private Duration upTo(double ttls) {
        return world.fraction(ttls * world.random().nextDouble());
    }
}
