package io.github.leaderlease;

import io.github.leaderlease.testkit.VirtualTime;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.function.Supplier;

/** The last things that happened in a run; kept only when a failed seed is replayed. */
final class Trace {

    private final VirtualTime time;
    private final int size;
    private final Deque<String> lines = new ArrayDeque<>();

    /**
     * @param size how many lines to keep; 0 for none
     */
    Trace(VirtualTime time, int size) {
        this.time = time;
        this.size = size;
    }

    void log(String who, Supplier<String> what) {
        if (size == 0) {
            return;
        }
        if (lines.size() == size) {
            lines.removeFirst();
        }
        lines.add(String.format(Locale.ROOT, "%10.3f s  %-6s %s", time.nanos() / 1e9, who, what.get()));
    }

    String text() {
        return String.join("\n", lines);
    }
}
