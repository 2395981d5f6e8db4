package io.github.leaderlease.cli;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One run of a command with all its children, as {@link CommandWatch} saw it. */
record CommandLife(
        String node, long token, long pid, long startedAt, CompletableFuture<Long> ended, BlockingQueue<String> words) {

    static CommandLife parse(String hello, long now) {
        String[] parts = hello.split(" ", 3);
        return new CommandLife(
                parts[0],
                Long.parseLong(parts[1]),
                Long.parseLong(parts[2]),
                now,
                new CompletableFuture<>(),
                new LinkedBlockingQueue<>());
    }

    /** When the last of its processes had ended. */
    long awaitEnd(Duration bound) throws Exception {
        try {
            return ended.get(bound.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError(this + " is still alive after " + bound, e);
        }
    }

    boolean isAlive() {
        return !ended.isDone();
    }

    /** Waits for all that time to see that it does not end. */
    void staysAlive(Duration time) throws Exception {
        try {
            ended.get(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException expected) {
            return;
        }
        throw new AssertionError(this + " has ended");
    }

    /** The process that supervises it. */
    ProcessHandle supervisor() {
        return ProcessHandle.of(pid).flatMap(ProcessHandle::parent).orElseThrow();
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    @Override
    public String toString() {
        return "command of " + node + " with token " + token;
    }
}
