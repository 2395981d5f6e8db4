package io.github.leaderlease;

import io.github.leaderlease.testkit.VirtualScheduler.Clock;
import org.jspecify.annotations.Nullable;

/** A host: the place where one process after the other runs. */
final class Host {

    final int number;
    final Timing timing;
    /** Which of its clocks stands still while it is suspended. */
    final Clock stopsWhenSuspended;
    /** Its wall clock may be set back; then it must not be the only one that goes on while suspended. */
    final boolean setsBack;

    boolean cutOut;
    boolean cutIn;
    /** Null between a crash and the restart. */
    @Nullable
    SimulatedProcess process;

    Host(int number, Timing timing, Clock stopsWhenSuspended, boolean setsBack) {
        this.number = number;
        this.timing = timing;
        this.stopsWhenSuspended = stopsWhenSuspended;
        this.setsBack = setsBack && stopsWhenSuspended == Clock.WALL;
    }

    void cutOff() {
        cutOut = true;
        cutIn = true;
    }

    void reconnect() {
        cutOut = false;
        cutIn = false;
    }

    boolean requestsCut() {
        return cutOut;
    }

    boolean repliesCut() {
        return cutIn;
    }
}
