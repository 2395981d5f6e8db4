package io.github.leaderlease.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CleanupTest {

    private final StringWriter err = new StringWriter();
    private final Cleanup cleanup = new Cleanup(new PrintWriter(err));
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

    @Test
    void whereNothingWasOpenedThereIsNothingToTell() {
        cleanup.interrupted();
        cleanup.close();
        assertThat(err.toString()).isEmpty();
    }
}
