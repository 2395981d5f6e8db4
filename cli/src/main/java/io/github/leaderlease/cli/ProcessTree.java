package io.github.leaderlease.cli;

import io.github.leaderlease.cli.ProcessTable.Entry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;

/**
 * A supervisor and everything that runs below it: its descendants; if it leads a session, whatever is in that session or
 * process group, which holds when a parent in between has ended; whoever bears the mark in its environment, which holds
 * for a daemon that left all of these; and whom we have seen before. Not thread-safe.
 */
final class ProcessTree {

    private static final long GONE_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long LOOK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final long root;
    private final boolean leadsSession;
    private final LongPredicate marked;
    private final Map<Long, Long> startsSeen = new HashMap<>();

    /**
     * A tree.
     *
     * @param marked tells by its id whether a process bears the mark
     */
    ProcessTree(long root, boolean leadsSession, LongPredicate marked) {
        this.root = root;
        this.leadsSession = leadsSession;
        this.marked = marked;
    }

    /** A tree whose members bear this variable in their environment, as {@code NAME=value}. */
    static ProcessTree marked(long root, boolean leadsSession, String variable) {
        return new ProcessTree(root, leadsSession, pid -> ProcessTable.hasVariable(pid, variable));
    }

    /** The processes below the root that are alive, without the root. */
    Set<Long> members() {
        if (ProcessTable.readable()) {
            try {
                return members(ProcessTable.read());
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read the table of processes", e);
            }
        }
        return ProcessHandle.of(root)
                .map(process -> process.descendants().map(ProcessHandle::pid).collect(Collectors.toSet()))
                .orElse(Set.of());
    }

    Set<Long> members(List<Entry> table) {
        Set<Long> members = new HashSet<>();
        members.add(root);
        table.stream().filter(this::known).map(Entry::pid).forEach(members::add);
        boolean grown = true;
        while (grown) {
            grown = false;
            for (Entry entry : table) {
                grown |= members.contains(entry.parent()) && members.add(entry.pid());
            }
        }
        members.remove(root);
        table.stream()
                .filter(entry -> members.contains(entry.pid()))
                .forEach(entry -> startsSeen.put(entry.pid(), entry.start()));
        return members;
    }

    private boolean known(Entry entry) {
        Long start = startsSeen.get(entry.pid());
        boolean seen = start != null && start == entry.start();
        boolean sameSession = leadsSession && (entry.session() == root || entry.group() == root);
        return seen || sameSession || marked.test(entry.pid());
    }

    /** Asks all members to end. */
    void terminate() {
        for (long pid : members()) {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
        }
    }

    /**
     * Kills all members, those too that are started meanwhile, but not the root.
     *
     * @return whether none is left
     */
    boolean kill() {
        long start = System.nanoTime();
        Set<Long> members = members();
        while (!members.isEmpty() && System.nanoTime() - start < GONE_WITHIN_NANOS) {
            for (long pid : members) {
                ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
            }
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
            members = members();
        }
        if (!members.isEmpty() && leadsSession) {
            killGroup();
        }
        return members.isEmpty();
    }

    /**
     * Some may start processes faster than we kill them one by one; the kernel kills a group at once. The root dies too.
     */
    private void killGroup() {
        try {
            ProcessBuilder kill = new ProcessBuilder("/bin/sh", "-c", "kill -s KILL -" + root)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD);
            kill.environment().remove(DatabaseOptions.PASSWORD_VARIABLE);
            kill.start().waitFor();
        } catch (IOException e) {
            System.err.println("leader-lease: cannot kill process group " + root + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
