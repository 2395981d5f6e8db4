package io.github.leaderlease.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CleanupTest {

    private final StringWriter err = new StringWriter();
    private final List<String> arrived = new ArrayList<>();
    private final Cleanup cleanup = new Cleanup(new PrintWriter(err), () -> arrived.add(err.toString()));
    private final List<String> closed = new ArrayList<>();

    /** An embedded H2 closes itself when the JVM ends, and then the play breaks off and closes the rest first. */
    @Test
    void anInterruptionIsToldWhoeverClosesFirst() {
        cleanup.add(() -> closed.add("first"));
        cleanup.add(() -> closed.add("last"));
        cleanup.close();
        cleanup.interrupted();
        assertThat(closed).containsExactly("last", "first");
        assertThat(err.toString()).contains("interrupted; its processes and tables are gone");
    }

    /** Standard error has a queue, and the JVM does not wait for it: the message was lost now and then. */
    @Test
    void theHookEndsWhenWhatItSaidHasArrived() {
        cleanup.add(() -> {
            throw new IllegalStateException("cannot be closed");
        });
        cleanup.interrupted();
        assertThat(arrived).containsExactly("leader-lease demo: cannot be closed" + System.lineSeparator());
    }

    @Test
    void whereNothingWasOpenedThereIsNothingToTell() {
        cleanup.interrupted();
        cleanup.close();
        assertThat(err.toString()).isEmpty();
    }
}
