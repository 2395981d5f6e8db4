package io.github.leaderlease;

import io.github.leaderlease.jdbc.JdbcFence;
import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import io.github.leaderlease.spi.PresenceStore.Node;
import io.github.leaderlease.spi.TableNames;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** The threads and connections of one process: the engine, the two lanes, and those that run listeners. */
final class NodeRuntime {

    private static final Logger LOG = Loggers.COORDINATOR;
    private static final Duration START_BOUND = Duration.ofSeconds(10);
    private static final Duration CLOSE_BOUND = Duration.ofSeconds(5);

    /** The listener may be talking to itself through a lane, and what is under way there when it closes is cut off. */
    private static final Duration LISTENER_CLOSE_TIMEOUT = Duration.ofSeconds(1);

    private static final Duration LISTEN_AGAIN = Duration.ofSeconds(10);

    private final Node node;
    private final String name;
    private final StoreOpener opener;
    private final SystemScheduler time;
    private final Lanes lanes;
    private final Engine engine;
    private final EventThreads events;
    private final UserThreads userThreads;
    private final @Nullable NotificationListener listener;
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();
    private final CountDownLatch gone = new CountDownLatch(1);
    private final AtomicInteger closedWhileIdle = new AtomicInteger();
    private boolean stopping;

    /**
     * Starts the threads; connects nothing yet.
     *
     * @param presence whether it announces itself and asks who else does
     * @param listenOn where the connection that listens for changes comes from; null for none
     * @param eventExecutor runs the listeners; null for threads of our own
     */
    NodeRuntime(
            Node node,
            boolean presence,
            StoreOpener opener,
            @Nullable ConnectionSource listenOn,
            @Nullable Executor eventExecutor) {
        this.node = node;
        this.name = node.nodeName();
        this.opener = opener;
        this.time = new SystemScheduler(name);
        this.lanes =
                new Lanes(name, time, () -> new Reconnecting(this::openStore, time, presence, this::closedWhileIdle));
        this.events = new EventThreads(name, time, SystemScheduler::daemon);
        Executor listeners = eventExecutor == null ? events : new ListenerExecutor(name, eventExecutor, events);
        this.userThreads = new UserThreads(listeners, events, SystemScheduler::daemon);
        SplittableRandom random = new SplittableRandom(new SecureRandom().nextLong());
        this.engine = new Engine(time, lanes, random, new EngineLog(name, this::databaseBack), listenOn != null, node);
        this.listener =
                listenOn == null ? null : new NotificationListener(name, time, listenOn, new NotificationHandler());
    }

    /** What kind of database this is, and whether it tells of changes, is known once a store is open. */
    private LeaseStore openStore() {
        LeaseStore store = opener.open();
        try {
            Dialect dialect = opener.fence().dialect();
            dialect.notifications().ifPresent(how -> listen(how, tables().lease()));
            return store;
        } catch (RuntimeException | Error e) {
            store.close();
            throw e;
        }
    }

    /** That no thread can be had for it now is no reason not to use the store. */
    private void listen(Dialect.Notifications how, String table) {
        try {
            if (listener != null) {
                listener.start(how, table);
            }
        } catch (RuntimeException | Error e) {
            BackgroundLog.say(() -> LOG.warn("node {}: cannot listen for changes yet, trying again", name, e));
            time.schedule(LISTEN_AGAIN, () -> listen(how, table));
        }
    }

    /** The first time may have been a restart of the server. */
    private void closedWhileIdle(Duration idle) {
        if (closedWhileIdle.incrementAndGet() == 2) {
            BackgroundLog.say(() -> LOG.warn(
                    "node {}: connections are closed while they are idle (this one after {}) and made anew each time; an idle"
                            + " timeout shorter than the heartbeat does that: idle_session_timeout (PostgreSQL), wait_timeout"
                            + " (MySQL, MariaDB), client_idle_timeout (PgBouncer), or that of a proxy or firewall. Said once",
                    name,
                    Timing.show(idle)));
        }
    }

    /** What is heard goes to the engine. */
    private final class NotificationHandler implements NotificationListener.Callbacks {
        @Override
        public void hint(Collection<String> elections) {
            engine.hint(elections);
        }

        @Override
        public void listening(boolean now) {
            engine.listening(now);
        }

        @Override
        public CompletableFuture<Boolean> publish(String text) {
            CompletableFuture<Boolean> renewing = ask(AsyncStore.Kind.RENEW, START_BOUND, store -> true);
            CompletableFuture<Boolean> announced = ask(AsyncStore.Kind.OTHER, START_BOUND, store -> {
                store.publish(List.of(text));
                return true;
            });
            return announced.thenCombine(renewing, (one, other) -> one && other);
        }
    }

    private void databaseBack() {
        if (listener != null) {
            listener.tryNow();
        }
    }

    String name() {
        return name;
    }

    /** Its identity, for this coordinator's life. */
    String id() {
        return node.nodeId();
    }

    SystemScheduler time() {
        return time;
    }

    Engine engine() {
        return engine;
    }

    UserThreads userThreads() {
        return userThreads;
    }

    JdbcFence fence() {
        return opener.fence();
    }

    TableNames tables() {
        return opener.tables();
    }

    ConnectionSource connections() {
        return opener.connections();
    }

    /** Opens the connections; a database that is down may come later, but one that is wrong will not get better. */
    void connect(boolean required) {
        Rehearsal.begin();
        List<CompletableFuture<Boolean>> lanesReady = List.of(warm(AsyncStore.Kind.RENEW), warm(AsyncStore.Kind.OTHER));
        try {
            lanesReady.forEach(ready -> await(ready, START_BOUND));
        } catch (LeaderLeaseException e) {
            if (required || !Failure.of(e.getCause()).mayPass()) {
                awaitQuietly(stop());
                throw e;
            }
            LOG.warn("node {}: the database cannot be used yet, trying on: {}", name, e.getMessage());
        }
    }

    private CompletableFuture<Boolean> warm(AsyncStore.Kind lane) {
        return ask(lane, START_BOUND, new WarmUp(lane, time, listener != null)::run);
    }

    /** Asks the store from any thread. The answer fails if it does not come within the bound. */
    <T> CompletableFuture<T> ask(AsyncStore.Kind lane, Duration bound, Function<LeaseStore, T> call) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        time.schedule(
                Duration.ZERO, () -> lanes.call(lane, bound, call, answer::complete, answer::completeExceptionally));
        return answer;
    }

    /** Any thread. Completed when the others know that this node is gone, or when that cannot be told any more. */
    CompletableFuture<Void> leave() {
        return time.isClosed() ? CompletableFuture.completedFuture(null) : engine.leave();
    }

    /**
     * Any thread. Stops at once; whatever is under way is cut off.
     *
     * @return completed when the connections were given back, or do not let themselves be given back
     */
    synchronized CompletableFuture<Void> stop() {
        if (stopping) {
            return stopped;
        }
        stopping = true;
        engine.stopping();
        CompletableFuture<Void> listenerClosed =
                listener == null ? CompletableFuture.completedFuture(null) : listener.close();
        CompletableFuture<Void> lanesClosed = listenerClosed
                .copy()
                .completeOnTimeout(null, LISTENER_CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .thenComposeAsync(ended -> lanes.close(), task -> time.schedule(Duration.ZERO, task));
        CompletableFuture<Void> unused = CompletableFuture.allOf(lanesClosed, listenerClosed)
                .orTimeout(CLOSE_BOUND.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((closed, failure) -> {
                    time.close();
                    events.close();
                    gone.countDown();
                    stopped.complete(null);
                });
        return stopped;
    }

    void awaitStopped() throws InterruptedException {
        gone.await();
    }

    boolean awaitStopped(Duration most) throws InterruptedException {
        return gone.await(TimeUnit.NANOSECONDS.convert(most), TimeUnit.NANOSECONDS);
    }

    static <T> T await(CompletableFuture<T> answer, Duration bound) {
        try {
            return answer.get(bound.toMillis() + 1000, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new LeaderLeaseException(String.valueOf(cause.getMessage()), cause);
        } catch (TimeoutException e) {
            throw new LeaderLeaseException("no answer within " + Timing.show(bound), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LeaderLeaseException("interrupted while waiting for the database", e);
        }
    }

    /** An interrupted caller still gets a released lease: it waits to the end and keeps its interrupt. */
    static void awaitQuietly(CompletableFuture<Void> end) {
        boolean interrupted = false;
        while (true) {
            try {
                end.get();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (ExecutionException e) {
                throw new LeaderLeaseException("closing failed", e);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
