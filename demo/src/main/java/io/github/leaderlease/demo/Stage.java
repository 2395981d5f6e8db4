package io.github.leaderlease.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where the play happens: starts and kills the processes, takes in their reports in the order of their times, and has
 * each told on the timeline. Used by one thread, but for {@link #close()}.
 */
final class Stage implements AutoCloseable {

    private static final long FRAME_MILLIS = 100;
    private static final long CTRL_C_SECONDS = 1;

    private final Function<String, NodeSettings> settings;
    private final Consumers consumers;
    private final Cast cast = new Cast();
    private final List<Sighting> sightings = new ArrayList<>();
    private final DelayQueue<Arrival> arrivals = new DelayQueue<>();
    private final Map<Member, NodeProcess> processes = new LinkedHashMap<>();
    private final CountDownLatch closing = new CountDownLatch(1);

    Stage(Function<String, NodeSettings> settings, Consumers consumers) {
        this.settings = settings;
        this.consumers = consumers;
    }

    /** Who is told of what happens, and of what is being waited for. */
    interface Consumers {

        void seen(Sighting sighting);

        void waiting(String text);
    }

    /**
     * What is being waited for.
     *
     * @param bound how long
     * @param waiting what to show meanwhile; empty for nothing
     * @param tooLate what to say if it does not come
     */
    record Goal(BooleanSupplier reached, Duration bound, Supplier<String> waiting, Supplier<PlayStopped> tooLate) {

        /** For what must come on any machine that works. */
        static Goal of(BooleanSupplier reached, Duration bound, Supplier<String> waiting, String tooLate) {
            String text = tooLate + " The demo waited for " + DemoSettings.show(bound) + ".";
            return new Goal(reached, bound, waiting, () -> new PlayStopped(PlayStopped.FAILED, text));
        }
    }

    /** Reports of several processes come in a little late and mixed; each waits a moment for those from before it. */
    private record Arrival(Sighting sighting, long due) implements Delayed {

        private static final long PATIENCE_NANOS = Duration.ofMillis(60).toNanos();

        static Arrival of(Sighting sighting) {
            long now = System.nanoTime();
            long at = sighting.report().at();
            return new Arrival(sighting, (at - now < 0 ? at : now) + PATIENCE_NANOS);
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(due - System.nanoTime(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(due - ((Arrival) other).due, 0);
        }
    }

    Cast cast() {
        return cast;
    }

    List<Sighting> sightings() {
        return List.copyOf(sightings);
    }

    void start(Member member) {
        synchronized (processes) {
            if (closing.getCount() == 0) {
                throw interrupted();
            }
            cast.add(member);
            processes.put(
                    member,
                    NodeProcess.start(
                            member, settings.apply(member.node()), sighting -> arrivals.add(Arrival.of(sighting))));
        }
    }

    /** Lets a process that is ready stand for election. */
    void go(Member member) {
        say(member, NodeMain.GO);
    }

    /** Says one of the words that {@link NodeMain} knows. */
    void say(Member member, String word) {
        process(member).say(word);
    }

    /** SIGSTOP. */
    void freeze(Member member) {
        process(member).freeze();
    }

    /** SIGCONT. */
    void thaw(Member member) {
        process(member).thaw();
    }

    void kill(Member member) {
        process(member).kill();
    }

    private NodeProcess process(Member member) {
        synchronized (processes) {
            NodeProcess process = processes.get(member);
            if (process == null) {
                throw new IllegalStateException(member + " was never started");
            }
            return process;
        }
    }

    /** Takes in reports until the goal is reached. */
    void await(Goal goal) {
        long until = System.nanoTime() + goal.bound().toNanos();
        while (!goal.reached().getAsBoolean()) {
            if (System.nanoTime() - until > 0) {
                throw goal.tooLate().get();
            }
            Arrival arrival = next();
            if (arrival != null) {
                accept(arrival.sighting());
            } else if (!goal.waiting().get().isEmpty()) {
                consumers.waiting(goal.waiting().get());
            }
        }
    }

    private @Nullable Arrival next() {
        try {
            return arrivals.poll(FRAME_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted();
        }
    }

    private void accept(Sighting seen) {
        if (seen.report() instanceof NodeReport.Ended) {
            refuseToGoOn(seen.who());
        }
        if (seen.report() instanceof NodeReport.Ready && process(seen.who()).foreignClock()) {
            throw new PlayStopped(
                    PlayStopped.FAILED,
                    "On this machine the processes do not share one monotonic clock, so that it cannot be measured whether"
                            + " two of them lead at the same time.");
        }
        sightings.add(seen);
        cast.see(seen);
        consumers.seen(seen);
    }

    /** Ctrl-C reaches the nodes too, at times before it reaches us. */
    private void refuseToGoOn(Member member) {
        try {
            if (closing.await(CTRL_C_SECONDS, TimeUnit.SECONDS)) {
                throw interrupted();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted();
        }
        throw new PlayStopped(
                PlayStopped.FAILED,
                member + " ended although nobody had told it to; "
                        + process(member).lastWords());
    }

    private static PlayStopped interrupted() {
        return new PlayStopped(PlayStopped.INTERRUPTED, "The demo was interrupted.");
    }

    /** Ends all processes and returns when they are gone. Any thread may call it, and again. */
    @Override
    public void close() {
        closing.countDown();
        synchronized (processes) {
            processes.values().forEach(NodeProcess::end);
            processes.clear();
        }
    }
}
