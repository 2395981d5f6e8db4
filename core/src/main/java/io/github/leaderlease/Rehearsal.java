package io.github.leaderlease;

import io.github.leaderlease.spi.ElectionVersion;
import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.PresenceStore;
import io.github.leaderlease.spi.PresenceStore.Heir;
import io.github.leaderlease.spi.PresenceStore.Node;
import io.github.leaderlease.spi.ReadResult;
import io.github.leaderlease.spi.Scheduler;
import io.github.leaderlease.spi.TermKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Plays a change of leader in memory, once in a JVM: two nodes, one resigns, the other is its heir. What a rolling deployment
 * sees is the first change of two fresh processes, and without this they would load and interpret each class on the way for the
 * first time just then, for ten times as long as the change takes. Nothing of it reaches a database or a listener.
 */
final class Rehearsal implements Scheduler, AsyncStore {

    private static final Logger LOG = Loggers.COORDINATOR;
    private static final Duration TTL = Duration.ofSeconds(10);
    private static final int CHANGES = 20;
    private static final int MOST_TASKS = 20_000;
    private static final AtomicBoolean BEGUN = new AtomicBoolean();

    private record Task(long at, long number, Runnable what) {}

    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparingLong(Task::at).thenComparingLong(Task::number));
    private final Stage stage = new Stage();
    private final List<Engine> engines = new ArrayList<>();
    private long now;
    private long number;

    /** In the background, if that was not done yet. */
    static void begin() {
        if (BEGUN.compareAndSet(false, true)) {
            try {
                SystemScheduler.daemon(Rehearsal::play, "leader-lease-rehearsal")
                        .start();
            } catch (RuntimeException | Error e) {
                LOG.debug("the first change of leader was not rehearsed", e);
            }
        }
    }

    private static void play() {
        try {
            Rehearsal rehearsal = new Rehearsal();
            boolean unused = rehearsal.changesLeader(CHANGES);
            EventThreads threads = new EventThreads("rehearsal", rehearsal, SystemScheduler::daemon);
            threads.execute(threads::close);
        } catch (RuntimeException | Error e) {
            LOG.debug("the first change of leader was not rehearsed to its end", e);
        }
    }

    /** Whether all went as it should. */
    boolean changesLeader(int times) {
        List<Candidate> pair = List.of(candidate("a"), candidate("b"));
        for (int i = 0; i < times; i++) {
            long before = stage.token;
            pass(Duration.ofSeconds(2));
            pair.stream()
                    .filter(each -> each.state().leads())
                    .forEach(each -> each.requests().resign(new Resigning<>("resign()", Names.NOBODY, () -> false)));
            pass(Duration.ofMillis(50));
            if (stage.token == before) {
                return false;
            }
        }
        return true;
    }

    private Candidate candidate(String node) {
        Engine engine = new Engine(
                this, this, new SplittableRandom(1), new NoNotices(), true, new Node(node, node, null, Presence.TTL));
        engines.add(engine);
        engine.listening(true);
        Timing timing = new Timing(TTL, TTL.dividedBy(2), Duration.ZERO);
        Candidacy me = new Candidacy(Names.NOBODY, node, node, node, 0, null, null, timing, this, HeldTerm.Fence.NONE);
        UserThreads threads = new UserThreads(Runnable::run, Runnable::run, Thread::new);
        Candidate candidate = new Candidate(me, engine.host(), threads, UserCode.listening(event -> {}));
        engine.add(candidate);
        return candidate;
    }

    private void pass(Duration duration) {
        long until = now + duration.toNanos();
        for (Task next = tasks.peek(); next != null && next.at <= until && number < MOST_TASKS; next = tasks.peek()) {
            tasks.remove();
            now = next.at;
            next.what.run();
        }
        now = until;
    }

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public long wallMillis() {
        return now / 1_000_000;
    }

    @Override
    public Runnable schedule(Duration delay, Runnable task) {
        Task scheduled = new Task(now + delay.toNanos(), number++, task);
        tasks.add(scheduled);
        return () -> tasks.remove(scheduled);
    }

    @Override
    public <T> void call(
            Kind kind, Duration bound, Function<LeaseStore, T> call, Consumer<T> answer, Consumer<Throwable> failure) {
        Runnable unused = schedule(Duration.ofMillis(1), () -> answer.accept(call.apply(stage)));
    }

    /** One lease without a database. */
    private final class Stage implements LeaseStore, PresenceStore {
        private long token;
        private long renewal;
        private @Nullable String holder;
        private @Nullable String heir;

        @Override
        public ReadResult read(List<ReadRequest> followed) {
            ReadResult.Lease lease =
                    token == 0 ? null : new ReadResult.Lease(token, renewal, holder, heir, TTL, "1", Duration.ZERO);
            ReadResult.Term term =
                    holder == null ? null : new ReadResult.Term(token, holder, holder, null, TTL, Instant.EPOCH);
            String ended = holder == null && token != 0 ? LossReason.RESIGNED.name() : null;
            return new ReadResult("1", Map.of(Names.NOBODY, new ReadResult.Election(lease, term, ended)));
        }

        @Override
        public OptionalLong acquire(AcquireRequest request) {
            token++;
            renewal = 0;
            holder = request.holderId();
            return OptionalLong.of(token);
        }

        @Override
        public Map<String, RenewResult> renew(List<TermKey> terms) {
            return Map.of(Names.NOBODY, renewOne(terms.get(0)));
        }

        @Override
        public RenewResult renewOne(TermKey term) {
            renewal++;
            return RenewResult.RENEWED;
        }

        @Override
        public boolean release(ReleaseRequest request) {
            holder = null;
            heir = request.heir();
            renewal = ElectionVersion.VACANT;
            return true;
        }

        @Override
        public void publish(Collection<String> payloads) {
            List<String> said = List.copyOf(payloads);
            engines.forEach(engine -> engine.hint(said));
        }

        @Override
        public <T> T presence(Function<PresenceStore, T> call) {
            return call.apply(this);
        }

        @Override
        public Map<String, Heir> heirs(Collection<String> elections, String exceptNodeId, @Nullable String nodeName) {
            String other = exceptNodeId.equals("a") ? "b" : "a";
            return Map.of(Names.NOBODY, new Heir(other, other, 0));
        }

        @Override
        public void close() {}
    }

    private static final class NoNotices implements Notices {
        @Override
        public void late(Duration by) {}

        @Override
        public void databaseAway(Throwable cause) {}

        @Override
        public void databaseBack(Duration after) {}

        @Override
        public void presenceAway(Throwable cause) {}

        @Override
        public void presenceBack() {}
    }
}
