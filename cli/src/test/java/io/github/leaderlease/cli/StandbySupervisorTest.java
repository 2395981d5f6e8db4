package io.github.leaderlease.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** There is one spare supervisor at most, whoever asks for it and how often. */
final class StandbySupervisorTest {

    private static final Duration BRIEF = Duration.ofMillis(200);

    private final CompletableFuture<Failures.Exit> givenUp = new CompletableFuture<>();

    private static long processes() {
        return ProcessHandle.current().children().filter(ProcessHandle::isAlive).count();
    }

    @Test
    void whoeverAsksWhileOneIsMadeOrReadyGetsNoOther() throws Exception {
        long before = processes();
        try (StandbySupervisor spare = new StandbySupervisor(Tool.PATIENCE)) {
            spare.prepare(givenUp::complete);
            spare.prepare(givenUp::complete);
            SupervisorHandle first = spare.take(Tool.PATIENCE);
            assertThatThrownBy(() -> spare.take(BRIEF)).as("taken").isInstanceOf(IOException.class);
            assertThat(processes() - before).as("processes").isEqualTo(1);
            spare.prepare(givenUp::complete);
            SupervisorHandle second = spare.take(Tool.PATIENCE);
            assertThat(second).isNotSameAs(first);
            first.discard();
            second.discard();
            assertThat(givenUp).isNotDone();
        }
    }
}
