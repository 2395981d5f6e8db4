package io.github.leaderlease;

import io.github.leaderlease.AsyncStore.Kind;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import io.github.leaderlease.spi.PresenceStore;
import io.github.leaderlease.spi.PresenceStore.Entry;
import io.github.leaderlease.spi.PresenceStore.Node;
import io.github.leaderlease.spi.Scheduler;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Announces that this process is there and what it stands for. Nothing decides by it, and nothing waits for it: what cannot
 * be announced now is announced later.
 */
final class Presence {

    /** An idle process writes one row in this time, however many its elections. */
    static final Duration INTERVAL = Duration.ofSeconds(10);

    /** Who has not been heard of for so long is no heir. */
    static final Duration TTL = INTERVAL.multipliedBy(3);

    /** After which the rows of a process that is gone are removed, by any other one. */
    private static final Duration SILENCE = INTERVAL.multipliedBy(10);

    private static final Duration MOMENT = Duration.ofMillis(50);
    private static final int MOST_POSTPONED = 20;
    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final int MAX_DOUBLINGS = 9;
    private static final Duration MAX_REST = Duration.ofMinutes(5);
    private static final int MANY = 3;
    private static final int MOST_TOGETHER = 500;

    /** MySQL gives no lock up in less than a second, and a call that it has not given up would cost the connection. */
    private static final Duration MAX_BOUND = Duration.ofMillis(1250);

    private static final Duration QUICK = Duration.ofMillis(100);

    private final AsyncStore calls;
    private final Scheduler time;
    private final Node node;
    private final Notices notices;
    private final BooleanSupplier away;
    private final Supplier<Duration> callTimeout;
    private final Map<String, Entry> standing = new LinkedHashMap<>();

    /** What was not announced yet; empty for an election that this process does not stand for any more. */
    private final Map<String, Optional<Entry>> changes = new LinkedHashMap<>();

    private final InFlight underWay = new InFlight();
    private long sentAt;
    private boolean quick;
    private long dueAt;
    private long sweepAt;
    private int postponed;
    private boolean announced;
    private int failures;
    private boolean reported;

    /**
     * For one process.
     *
     * @param calls straight to the store: what cannot be announced is no outage
     * @param away whether there is one, which is reported elsewhere
     * @param callTimeout how long other calls on the same connection can wait for one of these
     */
    Presence(
            AsyncStore calls,
            Scheduler time,
            Node node,
            Notices notices,
            BooleanSupplier away,
            Supplier<Duration> callTimeout) {
        this.calls = calls;
        this.time = time;
        this.node = node;
        this.notices = notices;
        this.away = away;
        this.callTimeout = callTimeout;
        this.dueAt = time.nanoTime();
        // processes that begin together need not sweep together
        this.sweepAt =
                dueAt + SILENCE.toNanos() / 100 * Math.floorMod(node.nodeId().hashCode(), 100);
    }

    void joins(Entry entry) {
        standing.put(entry.election(), entry);
        changed(entry.election(), Optional.of(entry));
    }

    void leaves(String election) {
        if (standing.remove(election) == null) {
            return;
        }
        if (announced) {
            changed(election, Optional.empty());
        } else {
            changes.remove(election); // nobody knows of it
        }
    }

    private void changed(String election, Optional<Entry> entry) {
        changes.put(election, entry);
        if (failures == 0) {
            dueAt = time.nanoTime();
        }
    }

    /** Whether the last announcement was answered, and soon. */
    boolean quick() {
        return quick;
    }

    /** When to announce something, at the latest then. */
    long dueAt(long latest) {
        boolean nothing = underWay.busy() || (standing.isEmpty() && changes.isEmpty());
        return nothing ? latest : Monotonic.earlier(latest, dueAt);
    }

    /**
     * If it is time, and there is something to announce.
     *
     * @param attempting whether some candidate is about to attempt, who goes first for a moment
     */
    void send(ClockReading now, BooleanSupplier attempting) {
        boolean unused = underWay.lost(now.nanos());
        if (dueAt(now.nanos() + 1) - now.nanos() > 0) {
            return;
        }
        if (postponed < MOST_POSTPONED && attempting.getAsBoolean()) {
            postponed++;
            dueAt = now.nanos() + MOMENT.toNanos();
            return;
        }
        postponed = 0;
        Map<String, Optional<Entry>> some = new LinkedHashMap<>();
        changes.entrySet().stream().limit(MOST_TOGETHER).forEach(each -> some.put(each.getKey(), each.getValue()));
        Duration shortest = callTimeout.get();
        Duration bound = shortest.compareTo(MAX_BOUND) < 0 ? shortest : MAX_BOUND;
        underWay.begin(now.nanos(), bound);
        sentAt = now.nanos();
        quick = false;
        call(
                bound,
                announcing(some),
                known -> {
                    announced(some, known);
                    sweep(bound);
                    send(ClockReading.of(time), attempting);
                },
                this::failed);
    }

    /** A connection that was found closed makes the call run twice, and the second time finds what the first has written. */
    private Function<PresenceStore, Boolean> announcing(Map<String, Optional<Entry>> some) {
        List<Entry> joined = some.values().stream().flatMap(Optional::stream).toList();
        List<String> left = some.keySet().stream()
                .filter(election ->
                        some.getOrDefault(election, Optional.empty()).isEmpty())
                .toList();
        AtomicInteger runs = new AtomicInteger();
        return presence -> {
            boolean first = runs.incrementAndGet() == 1;
            return presence.announce(node, joined, left) && first;
        };
    }

    /** Whom others have taken for gone, they have forgotten all that he stands for. */
    private void announced(Map<String, Optional<Entry>> some, boolean known) {
        underWay.end();
        quick = time.nanoTime() - sentAt < QUICK.toNanos();
        some.forEach((election, entry) -> changes.remove(election, entry));
        if (!known || failures > 0) {
            standing.forEach((election, entry) -> {
                if (!some.containsKey(election)) {
                    changes.putIfAbsent(election, Optional.of(entry));
                }
            });
        }
        announced = true;
        dueAt = time.nanoTime() + (changes.isEmpty() ? INTERVAL.toNanos() : 0);
        failures = 0;
        if (reported) {
            reported = false;
            notices.presenceBack();
        }
    }

    /** Some other process does it if this one cannot. */
    private void sweep(Duration bound) {
        long now = time.nanoTime();
        if (sweepAt - now <= 0) {
            sweepAt = now + SILENCE.toNanos();
            call(bound, presence -> presence.sweep(SILENCE), done -> {}, failure -> {});
        }
    }

    /** What costs the connection costs all that was seen on it: that is not tried again and again. */
    private void failed(Throwable cause) {
        underWay.end();
        Failure kind = Failure.of(cause);
        Duration longest = kind.leavesConnectionUsable() ? INTERVAL : MAX_REST;
        dueAt = time.nanoTime() + Math.min(AGAIN.toNanos() << Math.min(failures, MAX_DOUBLINGS), longest.toNanos());
        failures++;
        boolean reportedElsewhere = kind == Failure.UNAVAILABLE && (failures < MANY || away.getAsBoolean());
        if (!reported && !reportedElsewhere) {
            reported = true;
            notices.presenceAway(cause);
        }
    }

    /** Nothing is announced any more, and what was is taken back, unless the database is away: then it is not waited for. */
    void leave(CompletableFuture<Void> left) {
        standing.clear();
        changes.clear();
        if (failures > 0 || !announced || away.getAsBoolean()) {
            left.complete(null);
        } else {
            call(
                    MAX_BOUND,
                    presence -> presence.leave(node.nodeId()),
                    done -> left.complete(null),
                    failure -> left.complete(null));
        }
    }

    private void call(
            Duration bound,
            Function<PresenceStore, Boolean> call,
            Consumer<Boolean> answer,
            Consumer<Throwable> failure) {
        calls.<Boolean>call(Kind.OTHER, bound, store -> store.presence(call), answer, failure);
    }
}
