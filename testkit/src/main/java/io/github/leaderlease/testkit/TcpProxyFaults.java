package io.github.leaderlease.testkit;

import io.github.leaderlease.testkit.TcpProxy.Direction;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The faults in force in a {@link TcpProxy} and what went through it, under one monitor. */
final class TcpProxyFaults {
    enum Mode {
        FORWARD,
        HOLD,
        BLACK_HOLE
    }

    /** What happens to bytes in one direction. */
    record Fault(Mode mode, Duration delay) {
        static final Fault NONE = new Fault(Mode.FORWARD, Duration.ZERO);
    }

    /** Waits for a client message with this text. */
    private record Trap(String text, CompletableFuture<Void> sprung) {}

    private final ReentrantLock monitor = new ReentrantLock();
    private final Condition changed = monitor.newCondition();
    private final Map<Direction, Fault> faults = new EnumMap<>(Direction.class);
    private final Map<Direction, Long> bytes = new EnumMap<>(Direction.class);
    private @Nullable Trap trap;
    private long roundTrips;

    TcpProxyFaults() {
        heal();
    }

    void heal() {
        change(() -> {
            trap = null;
            for (Direction direction : Direction.values()) {
                faults.put(direction, Fault.NONE);
            }
        });
    }

    void set(Direction direction, Fault fault) {
        change(() -> faults.put(direction, fault));
    }

    CompletableFuture<Void> arm(String text) {
        Trap armed = new Trap(text.toLowerCase(Locale.ROOT), new CompletableFuture<>());
        change(() -> trap = armed);
        return armed.sprung();
    }

    /** Makes everybody who waits look again. */
    void wake() {
        change(() -> {});
    }

    long bytes(Direction direction) {
        monitor.lock();
        try {
            return bytes.getOrDefault(direction, 0L);
        } finally {
            monitor.unlock();
        }
    }

    long roundTrips() {
        monitor.lock();
        try {
            return roundTrips;
        } finally {
            monitor.unlock();
        }
    }

    boolean awaitBytes(Direction direction, long count, Duration bound) throws InterruptedException {
        monitor.lock();
        try {
            long left = bound.toNanos();
            while (bytes(direction) < count && left > 0) {
                left = changed.awaitNanos(left);
            }
            return bytes(direction) >= count;
        } finally {
            monitor.unlock();
        }
    }

    /** Springs the trap if it waits for what a client sent, before that is sent on. */
    void spring(TcpProxyLink link, String recent) {
        Trap armed;
        monitor.lock();
        try {
            armed = trap;
            if (armed == null || !recent.toLowerCase(Locale.ROOT).contains(armed.text())) {
                return;
            }
            trap = null;
            link.lose(Direction.REPLIES);
        } finally {
            monitor.unlock();
        }
        armed.sprung().complete(null); // not under the monitor: this may run code of the test
    }

    /**
     * Counts what was read and waits for as long as the fault in force says. Both in one step: who has seen the count
     * knows that the fault of that moment was applied.
     *
     * @return false if what was read is lost
     */
    boolean admits(TcpProxyLink link, Direction direction, int length) {
        long read = System.nanoTime();
        monitor.lock();
        try {
            count(link, direction, length);
            while (link.carries(direction)) {
                Fault fault = Objects.requireNonNull(faults.get(direction));
                long left = fault.delay().toNanos() - (System.nanoTime() - read);
                if (fault.mode() == Mode.BLACK_HOLE) {
                    link.lose(direction);
                } else if (fault.mode() == Mode.HOLD) {
                    changed.await();
                } else if (left > 0) {
                    changed.awaitNanos(left);
                } else {
                    return true;
                }
            }
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            monitor.unlock();
        }
    }

    private void count(TcpProxyLink link, Direction direction, int length) {
        if (length > 0) {
            bytes.merge(direction, (long) length, Long::sum);
            if (link.turnsTo(direction) && direction == Direction.REPLIES) {
                roundTrips++;
            }
            changed.signalAll();
        }
    }

    private void change(Runnable change) {
        monitor.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            monitor.unlock();
        }
    }
}
