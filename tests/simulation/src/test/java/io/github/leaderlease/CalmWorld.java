package io.github.leaderlease;

import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.LeaseStore.AcquireRequest;
import io.github.leaderlease.spi.LeaseStore.RenewResult;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import io.github.leaderlease.spi.PresenceStore;
import io.github.leaderlease.spi.PresenceStore.Node;
import io.github.leaderlease.spi.ReadResult;
import io.github.leaderlease.spi.TermKey;
import io.github.leaderlease.testkit.InMemoryDatabase;
import io.github.leaderlease.testkit.StoreTables.Table;
import io.github.leaderlease.testkit.VirtualScheduler;
import io.github.leaderlease.testkit.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Engines on one database in virtual time, where nothing goes wrong by itself: it only takes a while. */
final class CalmWorld {

    private static final Duration LATENCY = Duration.ofMillis(2);
    private static final long EPOCH = 1_700_000_000_000L;

    final VirtualTime time = new VirtualTime(new SplittableRandom(1));
    final InMemoryDatabase database =
            new InMemoryDatabase(() -> Instant.ofEpochMilli(EPOCH + time.nanos() / 1_000_000));
    final List<String> announced = new ArrayList<>();

    /** What each election of a call costs. */
    private final Duration each;

    private final boolean telling;
    private final List<Engine> engines = new ArrayList<>();
    private final Store store = new Store(database.open());

    /** So many answers to releases get lost. */
    int lostReleases;

    int releaseCalls;

    /** How often it was tried to open a term. */
    int attempts;

    /** Whether every call fails at once, and how many have. */
    boolean refuses;

    int refused;

    CalmWorld(Duration each, boolean telling) {
        this.each = each;
        this.telling = telling;
    }

    /** A process, and where its candidates run their listeners and jobs: at once. */
    final class Peer {
        final String id = "node-" + engines.size();
        final VirtualScheduler clock = time.node(
                new VirtualScheduler.Clocks(engines.size() * 1_000_003L, 1, EPOCH + time.nanos() / 1_000_000, 1));
        final Engine engine = new Engine(
                clock,
                new SimulatedCalls(clock, new Network(), operation -> {}),
                new SplittableRandom(engines.size()),
                new Silent(),
                telling,
                new Node(id, id, null, Presence.TTL));

        Peer() {
            engines.add(engine);
            engine.listening(telling);
        }

        Candidate candidate(
                String election, String node, Duration ttl, List<LeaderListener> listeners, @Nullable LeaderJob job) {
            return candidate(election, node, ttl, 0, null, new UserCode(listeners, job, job != null, null));
        }

        Candidate candidate(
                String election,
                String node,
                Duration ttl,
                int priority,
                @Nullable Duration failBackAfter,
                UserCode code) {
            String holder = node + "-" + time.nanos();
            Timing timing = new Timing(ttl, ttl.dividedBy(2), Duration.ZERO);
            Candidacy me = new Candidacy(
                    election, node, id, holder, priority, failBackAfter, null, timing, clock, HeldTerm.Fence.NONE);
            UserThreads threads = new UserThreads(Runnable::run, Runnable::run, (task, name) -> atOnce(task));
            return new Candidate(me, engine.host(), threads, code);
        }

        private Thread atOnce(Runnable task) {
            return new Thread(task) {
                @Override
                public synchronized void start() {
                    task.run();
                }
            };
        }
    }

    Peer process() {
        return new Peer();
    }

    long terms() {
        return database.rows(Table.TERM).size();
    }

    /** There and back. */
    private final class Network implements SimulatedCalls.Network {
        @Override
        public void failed(Operation operation, LeaseStoreException why) {
            // the connection stays as it is
        }

        @Override
        public <T> void send(
                Function<LeaseStore, T> request,
                Operation operation,
                BiConsumer<@Nullable T, @Nullable LeaseStoreException> answer) {
            if (refuses) {
                refused++;
                LeaseStoreException refusal = new LeaseStoreException(Failure.UNAVAILABLE, "connection refused", null);
                time.after(LATENCY, () -> answer.accept(null, refusal));
                return;
            }
            time.after(LATENCY, () -> {
                store.elections = 0;
                T value = null;
                LeaseStoreException failure = null;
                try {
                    value = request.apply(store);
                } catch (LeaseStoreException e) {
                    failure = e;
                }
                boolean release = operation instanceof Operation.Release || operation instanceof Operation.ReleaseMany;
                releaseCalls += release ? 1 : 0;
                if (release && lostReleases > 0) {
                    lostReleases--;
                    return;
                }
                T result = value;
                LeaseStoreException error = failure;
                time.after(LATENCY.plus(each.multipliedBy(store.elections)), () -> answer.accept(result, error));
            });
        }
    }

    /** Counts, and passes on what is announced. */
    private final class Store implements LeaseStore {
        private final LeaseStore store;
        private int elections;

        Store(LeaseStore store) {
            this.store = store;
        }

        @Override
        public ReadResult read(List<ReadRequest> followed) {
            elections += followed.size();
            return store.read(followed);
        }

        @Override
        public OptionalLong acquire(AcquireRequest request) {
            elections++;
            attempts++;
            return store.acquire(request);
        }

        @Override
        public Map<String, OptionalLong> acquire(List<AcquireRequest> requests) {
            elections += requests.size();
            attempts += requests.size();
            return store.acquire(requests);
        }

        @Override
        public void publish(Collection<String> payloads) {
            if (lostReleases > 0) {
                throw new LeaseStoreException(Failure.UNAVAILABLE, "lost before it could be announced", null);
            }
            announced.addAll(payloads);
            List<String> words = List.copyOf(payloads);
            time.after(LATENCY, () -> engines.forEach(engine -> engine.hint(words)));
        }

        @Override
        public Map<String, RenewResult> renew(List<TermKey> terms) {
            elections += terms.size();
            return store.renew(terms);
        }

        @Override
        public RenewResult renewOne(TermKey term) {
            elections++;
            return store.renewOne(term);
        }

        @Override
        public boolean release(ReleaseRequest request) {
            elections++;
            return store.release(request);
        }

        @Override
        public Set<String> release(List<ReleaseRequest> requests) {
            elections += requests.size();
            return store.release(requests);
        }

        @Override
        public <T> T presence(Function<PresenceStore, T> call) {
            return store.presence(call);
        }

        @Override
        public void close() {
            store.close();
        }
    }
}
