package io.github.leaderlease;

import io.github.leaderlease.AsyncStore.Kind;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** A time during which the database cannot be used: told once when it begins and once when it ends, for all elections. */
final class Outage {

    private final Set<Kind> failing = EnumSet.noneOf(Kind.class);
    private final Notices notices;
    private long since;
    private volatile boolean over;

    Outage(Notices notices) {
        this.notices = notices;
    }

    /** Any thread: nothing more is told. */
    void over() {
        over = true;
    }

    boolean lasts() {
        return !failing.isEmpty();
    }

    void failed(Kind kind, Throwable cause, long now) {
        if (over || !Failure.of(cause).concernsAllElections()) {
            return;
        }
        if (failing.isEmpty()) {
            since = now;
            notices.databaseAway(cause);
        }
        failing.add(kind);
    }

    /** What did not fail says nothing about what did, but without a term nothing is renewed any more. */
    void answered(Kind kind, long now, BooleanSupplier leads) {
        boolean back = failing.remove(kind) && failing.isEmpty();
        if (!back && kind == Kind.OTHER && failing.contains(Kind.RENEW) && !leads.getAsBoolean()) {
            failing.clear();
            back = true;
        }
        if (back && !over) {
            notices.databaseBack(Duration.ofNanos(now - since));
        }
    }
}
