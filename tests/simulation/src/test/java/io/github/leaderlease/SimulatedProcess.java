package io.github.leaderlease;

import io.github.leaderlease.spi.PresenceStore.Heir;
import io.github.leaderlease.spi.PresenceStore.Node;
import io.github.leaderlease.testkit.VirtualScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** One process with a real engine and a candidate for each election. */
final class SimulatedProcess {

    private static final double INLINE = 0.3;
    private static final double SLOW = 0.15;

    private final World world;
    private final Host slot;
    private final String name;
    private final VirtualScheduler time;
    private final Engine engine;
    private final long startedAt;
    private final List<Member> members = new ArrayList<>();

    SimulatedProcess(World world, Host slot, String name, VirtualScheduler time) {
        this.world = world;
        this.slot = slot;
        this.name = name;
        this.time = time;
        this.startedAt = world.time().nanos();
        Checker checker = world.checker();
        FaultyNetwork network = new FaultyNetwork(world, this);
        SimulatedCalls calls = new SimulatedCalls(time, network, operation -> checker.sending(this, operation));
        this.engine =
                new Engine(time, calls, world.random(), new Notes(), true, new Node(name, name, null, Presence.TTL));
        for (String election : world.elections()) {
            members.add(member(election));
        }
    }

    private final class Notes implements Notices {
        @Override
        public void late(Duration by) {
            world.trace().log(name, () -> "late by " + by);
        }

        @Override
        public void databaseAway(Throwable cause) {
            world.trace().log(name, () -> "misses the database: " + cause.getMessage());
        }

        @Override
        public void databaseBack(Duration after) {
            world.trace().log(name, () -> "has the database back after " + after);
        }

        @Override
        public void presenceAway(Throwable cause) {
            world.trace().log(name, () -> "cannot announce itself: " + cause.getMessage());
        }

        @Override
        public void presenceBack() {
            world.trace().log(name, () -> "can announce itself again");
        }
    }

    private Member member(String election) {
        String holder = name + "-" + election;
        boolean calm = world.profile().calm();
        int priority = calm ? 0 : world.random().nextInt(3);
        Duration failBackAfter = calm || world.random(0.7) ? null : slot.timing.ttl();
        Candidacy me = new Candidacy(
                election, name, name, holder, priority, failBackAfter, null, slot.timing, time, HeldTerm.Fence.NONE);
        Member member = new Member(world, this, election);
        member.candidate = new Candidate(me, engine.host(), threads(), UserCode.listening(member));
        return member;
    }

    /** Begins to stand. Not in the constructor: the checker must know this process first. */
    void start() {
        members.forEach(member -> engine.add(member.candidate));
    }

    private UserThreads threads() {
        return new UserThreads(eventExecutor(), Runnable::run, Thread::new);
    }

    /** Listeners run at once, or soon, or after a long time. */
    private Executor eventExecutor() {
        return task -> {
            if (world.random(INLINE)) {
                task.run();
            } else if (world.faulty(Fault.SLOW_LISTENER) && world.random(SLOW)) {
                schedule(world.fraction(2 * world.random().nextDouble()), task);
            } else {
                schedule(Duration.ofNanos(world.random().nextLong(5_000_000)), task);
            }
        };
    }

    private void schedule(Duration delay, Runnable task) {
        world.remember(delay);
        time.schedule(delay, task);
    }

    /** What it hears, true or not. */
    void hear(List<String> elections) {
        engine.hint(elections);
    }

    void listening(boolean now) {
        world.trace().log(name, () -> now ? "listens" : "listens no more");
        engine.listening(now);
    }

    void resign(String election) {
        world.trace().log(name, () -> "asked to resign from " + election);
        Candidate candidate = member(world.elections().indexOf(election)).candidate;
        engine.run(() -> candidate.requests().resign(new CompletableFuture<>()));
    }

    void transfer(String election, String to) {
        world.trace().log(name, () -> "asked to transfer " + election + " to " + to);
        Candidate candidate = member(world.elections().indexOf(election)).candidate;
        CompletableFuture<Leader> result = new CompletableFuture<>();
        engine.run(() -> candidate.requests().transferring(to, result));
        engine.run(() -> candidate.requests().transfer(to, new Heir(to, to, 0), result));
    }

    void suspend(String election) {
        world.trace().log(name, () -> "suspended from " + election);
        Candidate candidate = member(world.elections().indexOf(election)).candidate;
        candidate.requests().suspend(true);
        engine.run(() -> candidate.requests().suspended(new CompletableFuture<>()));
    }

    void resume() {
        world.trace().log(name, () -> "is a candidate again");
        for (Member member : members) {
            member.candidate.requests().suspend(false);
            engine.run(member.candidate.requests()::resumed);
        }
    }

    void close() {
        world.trace().log(name, () -> "closes");
        members.forEach(member -> engine.run(member.candidate::close));
    }

    Member member(int election) {
        return members.get(election);
    }

    List<Member> members() {
        return members;
    }

    Host slot() {
        return slot;
    }

    String name() {
        return name;
    }

    /** In true time. */
    long startedAt() {
        return startedAt;
    }

    VirtualScheduler time() {
        return time;
    }
}
