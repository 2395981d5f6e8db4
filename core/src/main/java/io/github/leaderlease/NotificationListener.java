package io.github.leaderlease;

import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.Scheduler;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Listens for what other processes say has changed, with a thread and a connection of its own. It is never believed: a hint
 * makes the engine look, and while nothing is heard, not even what this process says to itself from time to time, the
 * engine polls as if there were no listener.
 */
final class NotificationListener {

    private static final Logger LOG = Loggers.COORDINATOR;

    /**
     * After this silence, and up to half as long again, it says something to itself. Whoever else says something spares it
     * that, so of processes that began together one shall be the first.
     */
    private static final Duration SILENCE = Duration.ofSeconds(10);

    /** However much is heard, after so many silences: whether it hears itself, and whether the lanes have their connections. */
    private static final int CHECK = 6;

    private static final Duration BOUND = Duration.ofSeconds(5);
    private static final Duration SLICE = Duration.ofMillis(250);
    private static final Duration SHORT = Duration.ofMillis(20);
    private static final Duration MOMENT = Duration.ofMillis(1);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration AFTER_DEFECT = Duration.ofMillis(100);
    private static final int MAX_DOUBLINGS = 6;

    /** What the listener does for others, and what it needs of them. */
    interface Callbacks {

        /** These are said to have changed. */
        void hint(Collection<String> elections);

        /** From now on hints are heard, or are not any more. */
        void listening(boolean now);

        /** Says something, on another connection; completed once that is committed. */
        CompletableFuture<Boolean> publish(String text);
    }

    private final String node;
    private final Scheduler time;
    private final ConnectionSource connections;
    private final Callbacks callbacks;
    private final Duration silence =
            SILENCE.plusMillis(ThreadLocalRandom.current().nextLong(SILENCE.toMillis() / 2));
    private final Semaphore woken = new Semaphore(0);
    private final CompletableFuture<Void> closing = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private boolean started;
    private boolean healthy;
    private boolean reported;
    private boolean told;
    private int failures;

    NotificationListener(String node, Scheduler time, ConnectionSource connections, Callbacks callbacks) {
        this.node = node;
        this.time = time;
        this.connections = connections;
        this.callbacks = callbacks;
    }

    /** Any thread. The first call counts; the database must have been connected to by then. */
    synchronized void start(Dialect.Notifications how, String table) {
        if (!started && !closing.isDone()) {
            SystemScheduler.daemon(() -> run(how, table), "leader-lease-listen-" + node)
                    .start();
            started = true;
        }
    }

    /** Any thread. Completed when the connection was given back. */
    synchronized CompletableFuture<Void> close() {
        closing.complete(null);
        tryNow();
        if (!started) {
            ended.complete(null);
        }
        return ended;
    }

    /** Any thread. What it waits for before it tries again may have come: a pause is over, or else the next is none. */
    void tryNow() {
        woken.release();
    }

    /** Ends when it is closed, whatever is thrown at whatever point. */
    private void run(Dialect.Notifications how, String table) {
        try {
            boolean over = false;
            while (!over) {
                over = closedAfterTry(how, table);
            }
            report(false);
        } finally {
            ended.complete(null);
        }
    }

    private boolean closedAfterTry(Dialect.Notifications how, String table) {
        try {
            try {
                listen(how, table);
            } catch (Throwable e) {
                markUnhealthy(e);
            }
            report(healthy);
            return closedAfter(pause());
        } catch (Throwable e) {
            LockSupport.parkNanos(AFTER_DEFECT.toNanos());
            return closing.isDone();
        }
    }

    /** What could not be told is told at the next chance: who thinks that it listens looks rarely. */
    private void report(boolean listens) {
        if (reported != listens) {
            callbacks.listening(listens);
            reported = listens;
        }
    }

    /** Until it is closed, or something is wrong. */
    private void listen(Dialect.Notifications how, String table) throws SQLException {
        Connection connection = connections.open(how.options());
        Settings before = null;
        try {
            if (closing.isDone()) {
                return;
            }
            before = Settings.apply(connection);
            how.listen(connection, table);
            probe(how, connection);
            markHealthy();
            long heardAt = time.nanoTime();
            long checkedAt = heardAt;
            while (!closing.isDone()) {
                List<String> said = how.await(connection, SLICE);
                if (!said.isEmpty()) {
                    callbacks.hint(said);
                    heardAt = time.nanoTime();
                }
                if (longerAgo(heardAt, silence) || longerAgo(checkedAt, silence.multipliedBy(CHECK))) {
                    probe(how, connection);
                    heardAt = time.nanoTime();
                    checkedAt = heardAt;
                }
            }
        } finally {
            giveBack(how, connection, before);
        }
    }

    private boolean longerAgo(long then, Duration duration) {
        return time.nanoTime() - then > duration.toNanos();
    }

    /**
     * Some poolers accept that we listen and let us hear nothing, so only what was heard counts. And what was announced must
     * have been answered: if a lane has no connection because this one took the pool's last, it is given back.
     */
    private void probe(Dialect.Notifications how, Connection connection) throws SQLException {
        String nonce = Names.NOBODY + UUID.randomUUID();
        CompletableFuture<Boolean> announced = callbacks.publish(nonce);
        long start = time.nanoTime();
        boolean heard = false;
        while (!longerAgo(start, BOUND) && !closing.isDone()) {
            List<String> said = how.await(connection, heard ? MOMENT : SLICE);
            callbacks.hint(said);
            heard |= said.contains(nonce);
            if (heard) {
                awaitEnd(announced, SHORT);
            }
            if (announced.isCompletedExceptionally()) {
                throw new SQLException("the other connections of this node cannot be used");
            }
            if (heard && announced.isDone()) {
                return;
            }
        }
        if (heard) {
            throw new SQLException("the other connections of this node did not answer within " + Timing.show(BOUND)
                    + ": a pool that gives this node three connections is needed, or a URL with listenOn(...)");
        }
        throw new SQLException("what this node announced was not heard within " + Timing.show(BOUND)
                + ": if a pooler in transaction mode (such as PgBouncer) stands before the database, give the coordinator a"
                + " direct URL with listenOn(...), or switch notifications(false); a URL for listenOn(...) must lead to the"
                + " same database and tables");
    }

    /** Or until it is closed. */
    private void awaitEnd(CompletableFuture<Boolean> answer, Duration most) {
        Object unused = CompletableFuture.anyOf(answer, closing)
                .handle((first, failure) -> true)
                .completeOnTimeout(false, most.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    private void markHealthy() {
        if (told) {
            BackgroundLog.say(() -> LOG.info("node {}: LISTEN/NOTIFY is available again", node));
        }
        healthy = true;
        told = false;
        failures = 0;
        woken.drainPermits(); // for what has been done; the next pause is another matter
        report(true);
    }

    /**
     * A connection that broke once is replaced without a word. If the database does not answer at all that is told
     * elsewhere, and polling does no better.
     */
    private void markUnhealthy(Throwable cause) {
        boolean brokeOnly = healthy;
        healthy = false;
        report(false);
        failures++;
        BackgroundLog.say(() -> LOG.debug("node {}: cannot listen", node, cause));
        if (!brokeOnly && !told && !closing.isDone() && databaseAnswers()) {
            told = true;
            BackgroundLog.say(() -> LOG.warn(
                    "node {}: LISTEN/NOTIFY is unavailable: polling instead, will retry: {}",
                    node,
                    cause.getMessage()));
        }
    }

    private boolean databaseAnswers() {
        CompletableFuture<Boolean> answer = callbacks.publish(Names.NOBODY);
        awaitEnd(answer, BOUND);
        return answer.isDone() && !answer.isCompletedExceptionally();
    }

    private Duration pause() {
        long longest = FIRST_PAUSE.toNanos() << Math.min(failures == 0 ? 0 : failures - 1, MAX_DOUBLINGS);
        return Duration.ofNanos(
                (long) (longest * (0.5 + ThreadLocalRandom.current().nextDouble() / 2)));
    }

    private boolean closedAfter(Duration pause) {
        try {
            if (!closing.isDone() && woken.tryAcquire(pause.toNanos(), TimeUnit.NANOSECONDS)) {
                woken.drainPermits();
            }
            return closing.isDone();
        } catch (InterruptedException e) {
            return true; // nobody but a JVM on its way down interrupts this thread
        }
    }

    private static void giveBack(Dialect.Notifications how, Connection connection, @Nullable Settings before) {
        try (connection) {
            if (before != null && connection.isValid(1)) {
                how.unlisten(connection);
                before.restore(connection);
            }
        } catch (SQLException | RuntimeException e) {
            BackgroundLog.say(() -> LOG.debug("a connection that listened was broken", e));
        }
    }

    /** What the connection was set to before: a pool may lend it to somebody else afterwards. */
    private record Settings(boolean autoCommit, int networkTimeout) {

        static Settings apply(Connection connection) throws SQLException {
            Settings before = new Settings(connection.getAutoCommit(), connection.getNetworkTimeout());
            connection.setAutoCommit(true);
            connection.setNetworkTimeout(Runnable::run, Math.toIntExact(BOUND.toMillis()));
            return before;
        }

        void restore(Connection connection) throws SQLException {
            connection.setNetworkTimeout(Runnable::run, networkTimeout);
            connection.setAutoCommit(autoCommit);
        }
    }
}
