package io.github.leaderlease;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.spi.Dialect;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each call that the listener makes throws an error once; afterwards it listens, and the engine knows. */
final class ListenerErrorsTest {

    private static final int CALLS = 30;

    private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final AtomicInteger calls = new AtomicInteger();
    private volatile int explodesAt;
    private volatile boolean exploded;
    private volatile boolean listens;

    private void call() {
        if (calls.incrementAndGet() == explodesAt) {
            exploded = true;
            throw new OutOfMemoryError("on purpose");
        }
    }

    private Connection connection() {
        return (Connection) Proxy.newProxyInstance(
                ListenerErrorsTest.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> {
                    call();
                    return switch (method.getName()) {
                        case "getAutoCommit", "isValid" -> true;
                        case "getNetworkTimeout" -> 0;
                        default -> null;
                    };
                });
    }

    private DataSource pool() {
        return (DataSource) Proxy.newProxyInstance(
                ListenerErrorsTest.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> {
                    call();
                    return connection();
                });
    }

    private final class Told implements NotificationListener.Callbacks {
        @Override
        public void hint(Collection<String> elections) {
            call();
            heard.addAll(elections);
        }

        @Override
        public void listening(boolean now) {
            call();
            listens = now;
        }

        @Override
        public CompletableFuture<Boolean> publish(String text) {
            call();
            said.add(text);
            return CompletableFuture.completedFuture(true);
        }
    }

    private final class Channel implements Dialect.Notifications {
        @Override
        public String publish() {
            throw new AssertionError("the lanes are not real");
        }

        @Override
        public void listen(Connection connection, String table) {
            call();
        }

        @Override
        public List<String> await(Connection connection, Duration most) {
            call();
            try {
                String text = said.poll(1, TimeUnit.MILLISECONDS);
                return text == null ? List.of() : List.of(text);
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted", e);
            }
        }

        @Override
        public void unlisten(Connection connection) {
            call();
        }
    }

    @Test
    void afterAnErrorAtAnyCallItListensAgain() throws Exception {
        for (int call = 1; call <= CALLS; call++) {
            assertListensAfterErrorAt(call);
        }
    }

    private void assertListensAfterErrorAt(int call) throws Exception {
        said.clear();
        heard.clear();
        calls.set(0);
        exploded = false;
        listens = false;
        explodesAt = call;
        try (SystemScheduler time = new SystemScheduler("errors")) {
            NotificationListener listener =
                    new NotificationListener("errors", time, new ConnectionSource.Pooled(pool()), new Told());
            listener.start(new Channel(), "leader_lease");
            awaitHint(listener, call);
            listener.close().get(20, TimeUnit.SECONDS);
        }
        assertThat(listens).as("after it was closed").isFalse();
    }

    /** What was said while it did not listen is lost. */
    private void awaitHint(NotificationListener listener, int call) throws InterruptedException {
        boolean right = false;
        for (int i = 0; i < 4_000 && !right; i++) {
            if (exploded) {
                listener.tryNow();
                said.add("election");
            }
            boolean hinted = "election".equals(heard.poll(1, TimeUnit.MILLISECONDS));
            right = exploded && listens && hinted;
        }
        assertThat(right).as("listens after an error at call %d", call).isTrue();
    }

    /** That closing fails is no reason never to say that it has ended. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void itEndsAlsoIfAnErrorHitsItsEnd(int call) throws Exception {
        explodesAt = Integer.MAX_VALUE;
        try (SystemScheduler time = new SystemScheduler("errors")) {
            NotificationListener listener =
                    new NotificationListener("errors", time, new ConnectionSource.Pooled(pool()), new Told());
            listener.start(new Channel(), "leader_lease");
            for (int i = 0; i < 4_000 && !listens; i++) {
                String nonce = heard.poll(1, TimeUnit.MILLISECONDS);
                assertThat(nonce).isNotEqualTo("election");
            }
            explodesAt = calls.get() + call;
            listener.close().get(20, TimeUnit.SECONDS);
        }
    }
}
