package io.github.leaderlease;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.spi.Dialect;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When the listener tries again. No connection can be opened here. */
final class ListenerPauseTest {

    private static final Duration SOON = Duration.ofSeconds(15);

    private final Semaphore attempts = new Semaphore(0);
    private static final int TRIES = 3;

    private final SystemScheduler time = new SystemScheduler("pauses");
    private final NotificationListener listener = pausing();

    @AfterEach
    void stop() {
        listener.close().join();
        time.close();
    }

    /** The third pause is two seconds at the least: this one was cut short. On a busy machine one of a few is. */
    @Test
    void theDatabaseIsBackSoItTriesAtOnceHoweverOftenItFailedBefore() throws Exception {
        listener.start(new Deaf(), "leader_lease");
        awaitAttempts(3, SOON);
        boolean atOnce = false;
        for (int i = 0; i < TRIES && !atOnce; i++) {
            attempts.drainPermits();
            listener.tryNow();
            atOnce = attempts.tryAcquire(1, TimeUnit.SECONDS);
        }
        assertThat(atOnce).as("an attempt to connect within a second").isTrue();
    }

    @Test
    void thatTheDatabaseIsBackIsPassedOn() {
        Semaphore passedOn = new Semaphore(0);
        new EngineLog("pauses", passedOn::release).databaseBack(Duration.ofSeconds(1));
        assertThat(passedOn.availablePermits()).isEqualTo(1);
    }

    @Test
    void closingCutsThePauseShort() throws Exception {
        boolean cutShort = false;
        for (int i = 0; i < TRIES && !cutShort; i++) {
            attempts.drainPermits();
            NotificationListener paused = pausing();
            paused.start(new Deaf(), "leader_lease");
            awaitAttempts(3, SOON);
            long begun = System.nanoTime();
            paused.close().get(20, TimeUnit.SECONDS);
            cutShort = System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(1) && attempts.availablePermits() == 0;
        }
        assertThat(cutShort)
                .as("closed within a second, without another attempt")
                .isTrue();
    }

    private NotificationListener pausing() {
        return new NotificationListener(
                "pauses", time, new ConnectionSource.Pooled(refusing(attempts)), new Answering());
    }

    private void awaitAttempts(int many, Duration atMost) throws InterruptedException {
        assertThat(attempts.tryAcquire(many, atMost.toMillis(), TimeUnit.MILLISECONDS))
                .as("%d more attempts to connect within %s", many, atMost)
                .isTrue();
    }

    private static DataSource refusing(Semaphore attempts) {
        return (DataSource) Proxy.newProxyInstance(
                ListenerPauseTest.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, args) -> {
                    attempts.release();
                    throw new SQLException("refused");
                });
    }

    /** The other connections of the node work. */
    private static final class Answering implements NotificationListener.Callbacks {
        @Override
        public void hint(Collection<String> elections) {
            throw new AssertionError("nothing was heard");
        }

        @Override
        public void listening(boolean now) {
            assertThat(now).isFalse();
        }

        @Override
        public CompletableFuture<Boolean> publish(String text) {
            return CompletableFuture.completedFuture(true);
        }
    }

    /** Never reached. */
    private static final class Deaf implements Dialect.Notifications {
        @Override
        public String publish() {
            throw new AssertionError("the lanes are not real");
        }

        @Override
        public void listen(Connection connection, String table) {
            throw new AssertionError("there is no connection");
        }

        @Override
        public List<String> await(Connection connection, Duration most) {
            throw new AssertionError("there is no connection");
        }

        @Override
        public void unlisten(Connection connection) {
            throw new AssertionError("there is no connection");
        }
    }
}
