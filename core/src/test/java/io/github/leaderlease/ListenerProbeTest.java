package io.github.leaderlease;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.spi.Dialect;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How a listener finds out that it hears. */
final class ListenerProbeTest {

    private final SystemScheduler time = new SystemScheduler("probes");
    private final CompletableFuture<Boolean> lanes = new CompletableFuture<>();
    private final CompletableFuture<Boolean> listens = new CompletableFuture<>();
    private final Queue<String> sent = new ConcurrentLinkedQueue<>();
    private final Queue<Duration> waits = new ConcurrentLinkedQueue<>();
    private final NotificationListener listener =
            new NotificationListener("probes", time, new ConnectionSource.Pooled(connecting()), new Node());

    @AfterEach
    void stop() {
        listener.close().join();
        time.close();
    }

    /** A follower that has just begun would poll for longer than it must. */
    @Test
    void whoHasHeardItselfListensAsSoonAsTheLanesHaveAnswered() throws Exception {
        listener.start(new Echo(), "leader_lease");
        assertThat(listens.get(60, TimeUnit.SECONDS)).isTrue();
        assertThat(lanes).isCompleted();
        assertThat(waits).as("waits on the connection after it was heard").allMatch(each -> each.toMillis() <= 1);
    }

    private static DataSource connecting() {
        ClassLoader loader = ListenerProbeTest.class.getClassLoader();
        Object connection = Proxy.newProxyInstance(
                loader, new Class<?>[] {Connection.class}, (proxy, method, args) -> switch (method.getName()) {
                    case "getAutoCommit", "isValid" -> true;
                    case "getNetworkTimeout" -> 0;
                    default -> null;
                });
        return (DataSource)
                Proxy.newProxyInstance(loader, new Class<?>[] {DataSource.class}, (proxy, method, args) -> connection);
    }

    private final class Node implements NotificationListener.Callbacks {
        @Override
        public void hint(Collection<String> elections) {
            // reads
        }

        @Override
        public void listening(boolean now) {
            listens.complete(now);
        }

        @Override
        public CompletableFuture<Boolean> publish(String text) {
            sent.add(text);
            return lanes;
        }
    }

    /** What was sent is heard at once; the lanes answer when it is listened again. */
    private final class Echo implements Dialect.Notifications {
        @Override
        public String publish() {
            throw new AssertionError("the lanes are not real");
        }

        @Override
        public void listen(Connection connection, String table) {
            // does
        }

        @Override
        public List<String> await(Connection connection, Duration most) {
            String said = sent.poll();
            if (said != null) {
                CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS).execute(() -> lanes.complete(true));
                return List.of(said);
            }
            if (!listens.isDone()) {
                waits.add(most);
            }
            return List.of();
        }

        @Override
        public void unlisten(Connection connection) {
            // does
        }
    }
}
