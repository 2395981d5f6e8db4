package io.github.leaderlease;

import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The network between one node and the database. */
final class FaultyNetwork implements SimulatedCalls.Network {

    private static final double LOST = 0.12;
    private static final double TWICE = 0.1;
    private static final double LAST_WORD = 0.1;
    private static final double VERY_LATE = 0.03;
    private static final double HELD_UP = 0.3;
    private final World world;
    private final SimulatedProcess process;
    /** The one that renews, and the one for all else. */
    private final Map<Boolean, Link> links = new HashMap<>();

    FaultyNetwork(World world, SimulatedProcess process) {
        this.world = world;
        this.process = process;
    }

    private Link link(Operation operation) {
        if (world.isQuiet()) {
            links.values().removeIf(link -> !world.servers().isPrimary(link));
        }
        return links.computeIfAbsent(
                operation instanceof Operation.Renew,
                renewing -> world.servers().connect(process, renewing));
    }

    /** As a lane does: after most failures it connects anew. */
    @Override
    public void failed(Operation operation, LeaseStoreException why) {
        if (world.servers().several() && !why.failure().leavesConnectionUsable()) {
            Link link = links.remove(operation instanceof Operation.Renew);
            if (link != null) {
                world.servers().drop(link);
            }
        }
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
        Link link = link(operation);
        Duration delay = delay();
        world.after(delay, () -> arrive(link, request, operation, back));
        if (world.faulty(Fault.DUPLICATE) && world.random(TWICE)) {
            world.after(delay.plus(upTo(2)), () -> again(link, request, operation));
        }
    }

    private <T> void arrive(
            Link link,
            Function<LeaseStore, T> request,
            Operation operation,
            BiConsumer<@Nullable T, @Nullable LeaseStoreException> back) {
        if (world.databaseDown() || link.broken) {
            maybeSayLost(back);
            return;
        }
        T result = null;
        LeaseStoreException error = null;
        try {
            result = served(link, request, operation);
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
        if (isLastWord(operation)) {
            world.after(world.fraction(0.1 + 0.1 * world.random().nextDouble()), () -> {
                back.accept(answer, failure);
                process.slot().cutOff();
                world.after(world.fraction(1 + world.random().nextDouble()), process.slot()::reconnect);
            });
        } else {
            world.after(delay(), () -> back.accept(answer, failure));
        }
    }

    private boolean isLastWord(Operation operation) {
        boolean grants = operation instanceof Operation.Acquire
                || operation instanceof Operation.AcquireMany
                || operation instanceof Operation.Renew;
        return grants && world.faulty(Fault.LAST_WORD) && world.random(LAST_WORD);
    }

    /** Some looks are neither answered nor refused during a switch-over, but give up on a lock. */
    private <T> T served(Link link, Function<LeaseStore, T> request, Operation operation) {
        if (operation instanceof Operation.Read && !world.servers().isPrimary(link)) {
            link.noticed = true;
            if (world.random(HELD_UP)) {
                throw new LeaseStoreException(Failure.BLOCKED, "held up by the switch-over", null);
            }
        }
        return request.apply(link.store);
    }

    private <T> void again(Link link, Function<LeaseStore, T> request, Operation operation) {
        if (world.databaseDown()) {
            return;
        }
        try {
            T result = request.apply(link.store);
            world.trace().log(process.name(), () -> "once more: " + operation + " -> " + result);
        } catch (LeaseStoreException e) {
            world.trace().log(process.name(), () -> "once more: " + operation + " -> " + e.getMessage());
        }
    }

    /** The connection breaks, or nothing is heard at all. */
    private void maybeSayLost(BiConsumer<?, @Nullable LeaseStoreException> back) {
        world.troubleNow();
        if (world.random(0.5)) {
            LeaseStoreException broken = new LeaseStoreException(Failure.UNAVAILABLE, "connection broken", null);
            world.after(world.profile().latency(), () -> back.accept(null, broken));
        }
    }

    private boolean dropped() {
        return world.faulty(Fault.LOSS) && world.random(LOST);
    }

    private Duration delay() {
        if (world.faulty(Fault.DELAY) && world.random(world.profile().slowChance())) {
            return world.random(VERY_LATE) ? upTo(2) : upTo(0.25);
        }
        return Duration.ofNanos(
                100_000 + world.random().nextLong(world.profile().latency().toNanos()));
    }

    private Duration upTo(double ttls) {
        return world.fraction(ttls * world.random().nextDouble());
    }
}
