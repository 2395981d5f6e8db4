package io.github.leaderlease;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class EventQueueTest {

    private final ExecutorService threads = Executors.newFixedThreadPool(4);
    private final List<Long> heard = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger rests = new AtomicInteger();
    private final ManualScheduler time = new ManualScheduler();

    @AfterEach
    void stopThreads() {
        threads.shutdownNow();
    }

    private static LeaderEvent event(long token) {
        return new LeaderEvent.LeaderChanged(new Leader("job", "n", token, Instant.EPOCH, null, Duration.ZERO));
    }

    private static long token(LeaderEvent event) {
        return ((LeaderEvent.LeaderChanged) event).leader().fencingToken();
    }

    private EventQueue queue(LeaderListener... listeners) {
        return new EventQueue("job", time, threads, List.of(listeners), rests::incrementAndGet);
    }

    /** Whose listener keeps what it hears. */
    private EventQueue hearing(String election, Executor executor) {
        return new EventQueue(
                election, time, executor, List.of(event -> heard.add(token(event))), rests::incrementAndGet);
    }

    private static void deliver(EventQueue queue, LeaderEvent event) {
        queue.add(queue.telling(event));
    }

    private static void drained(EventQueue queue) throws Exception {
        CompletableFuture<Void> last = new CompletableFuture<>();
        queue.run(() -> last.complete(null));
        last.get(20, SECONDS);
    }

    @Test
    void eventsComeInOrderAndOneAtATime() throws Exception {
        AtomicBoolean busy = new AtomicBoolean();
        AtomicInteger overlaps = new AtomicInteger();
        EventQueue queue = queue(event -> {
            if (!busy.compareAndSet(false, true)) {
                overlaps.incrementAndGet();
            }
            heard.add(token(event));
            busy.set(false);
        });
        List<Long> sent = new ArrayList<>();
        for (long token = 1; token <= 500; token++) {
            sent.add(token);
            deliver(queue, event(token));
        }
        drained(queue);
        assertThat(heard).isEqualTo(sent);
        assertThat(overlaps).hasValue(0);
    }

    @Test
    void whoEnqueuesNeverWaitsForAListener() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        EventQueue queue = queue(event -> {
            LaneBench.await(release);
            heard.add(token(event));
        });
        deliver(queue, event(1));
        deliver(queue, event(2));
        assertThat(queue.empty()).isFalse();
        assertThat(heard).isEmpty();
        release.countDown();
        drained(queue);
        assertThat(heard).containsExactly(1L, 2L);
    }

    @Test
    void aListenerThatThrowsChangesNothingForTheOthersAndTheNextEvents() throws Exception {
        EventQueue queue = queue(
                event -> {
                    throw new IllegalStateException("on purpose");
                },
                event -> {
                    throw new AssertionError("on purpose");
                },
                event -> heard.add(token(event)));
        deliver(queue, event(1));
        deliver(queue, event(2));
        drained(queue);
        assertThat(heard).containsExactly(1L, 2L);
    }

    @Test
    void aTaskThatThrowsDoesNotStopTheQueue() throws Exception {
        EventQueue queue = queue(event -> heard.add(token(event)));
        CountDownLatch release = new CountDownLatch(1);
        queue.run(() -> LaneBench.await(release));
        queue.run(() -> {
            throw new IllegalStateException("on purpose");
        });
        deliver(queue, event(3));
        release.countDown();
        drained(queue);
        assertThat(heard).containsExactly(3L);
    }

    @Test
    void anExecutorThatRefusesLosesNoEvent() throws Exception {
        Executor refusing = new ListenerExecutor(
                "a",
                task -> {
                    throw new RejectedExecutionException("on purpose");
                },
                threads);
        EventQueue queue = hearing("job", refusing);
        deliver(queue, event(1));
        deliver(queue, event(2));
        drained(queue);
        assertThat(heard).containsExactly(1L, 2L);
    }

    @Test
    void anExecutorThatRunsOnItsCallerDoesNotRunListenersThere() throws Exception {
        Executor inline = new ListenerExecutor("a", Runnable::run, threads);
        BlockingQueue<Thread> ranOn = new LinkedBlockingQueue<>();
        EventQueue queue = new EventQueue(
                "job", time, inline, List.of(event -> ranOn.add(Thread.currentThread())), rests::incrementAndGet);
        deliver(queue, event(1));
        assertThat(ranOn.poll(10, TimeUnit.SECONDS)).isNotNull().isNotEqualTo(Thread.currentThread());
    }

    @Test
    void anExecutorThatBlocksHoldsUpNeitherTheCallerNorAnotherElection() throws Exception {
        CountDownLatch letGo = new CountDownLatch(1);
        AtomicInteger handed = new AtomicInteger();
        Executor blocking = new ListenerExecutor(
                "a",
                task -> {
                    if (handed.incrementAndGet() == 1) {
                        LaneBench.await(letGo);
                    }
                    task.run();
                },
                threads);
        EventQueue blocked = hearing("one", blocking);
        deliver(blocked, event(1));
        while (handed.get() == 0) {
            Thread.onSpinWait();
        }
        EventQueue other = hearing("other", blocking);
        deliver(other, event(2));
        drained(other);
        assertThat(heard).containsExactly(2L);
        letGo.countDown();
        drained(blocked);
        assertThat(heard).containsExactly(2L, 1L);
    }

    @Test
    void whatNoThreadCouldBeHadForIsToldAtTheNextCheck() throws Exception {
        AtomicBoolean refuses = new AtomicBoolean(true);
        Executor scarce = task -> {
            if (refuses.get()) {
                throw new OutOfMemoryError("unable to create native thread, on purpose");
            }
            threads.execute(task);
        };
        EventQueue queue = hearing("job", scarce);
        deliver(queue, event(1));
        deliver(queue, event(2));
        queue.check(time.nanoTime());
        assertThat(queue.empty()).as("its term must not count as at rest").isFalse();
        refuses.set(false);
        queue.check(time.nanoTime());
        drained(queue);
        assertThat(heard).containsExactly(1L, 2L);
    }

    @Test
    void whatAnExecutorAcceptsAndNeverRunsIsHandedOverAgainAndToldOnce() throws Exception {
        List<Runnable> accepted = Collections.synchronizedList(new ArrayList<>());
        EventQueue queue = hearing("job", accepted::add);
        deliver(queue, event(1));
        queue.check(time.nanoTime());
        assertThat(accepted).hasSize(1);
        time.advance(Duration.ofSeconds(1));
        queue.check(time.nanoTime());
        assertThat(accepted).hasSize(2);
        time.advance(Duration.ofSeconds(1));
        queue.check(time.nanoTime());
        assertThat(accepted).as("after twice as long").hasSize(2);
        accepted.get(1).run();
        accepted.get(0).run();
        assertThat(heard).containsExactly(1L);
        assertThat(queue.empty()).isTrue();
    }

    @Test
    void anExceptionThatCannotBeLoggedKeepsNoListenerFromHearing() throws Exception {
        RuntimeException rude = new RuntimeException() {
            @Override
            public String getMessage() {
                throw new IllegalStateException("on purpose");
            }
        };
        CompletableFuture<LeaderEvent> told = new CompletableFuture<>();
        EventQueue queue = queue(told::complete);
        deliver(queue, new LeaderEvent.CallFailed("job", LeaderEvent.Operation.READ, rude));
        assertThat(told.get(20, SECONDS)).isInstanceOf(LeaderEvent.CallFailed.class);
    }

    @Test
    void whoTakesLongIsNamedOnce() throws Exception {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(LeaderElection.class);
        log.start();
        logger.addAppender(log);
        try {
            CountDownLatch letGo = new CountDownLatch(1);
            CountDownLatch begun = new CountDownLatch(1);
            EventQueue queue = queue(event -> {
                begun.countDown();
                LaneBench.await(letGo);
            });
            deliver(queue, event(1));
            LaneBench.await(begun);
            time.advance(EventQueue.LONG);
            queue.check(time.nanoTime());
            queue.check(time.nanoTime());
            letGo.countDown();
            drained(queue);
            CountDownLatch written = new CountDownLatch(1);
            BackgroundLog.say(written::countDown);
            LaneBench.await(written);
            assertThat(log.list.stream()
                            .map(ILoggingEvent::getFormattedMessage)
                            .filter(line -> line.contains("has not returned")))
                    .singleElement()
                    .asString()
                    .contains("election job", "EventQueueTest", "10 s");
        } finally {
            logger.detachAppender(log);
        }
    }

    @Test
    void aLateListenerHearsThePresentStateFirstAndThenAllThatFollows() throws Exception {
        EventQueue queue = queue();
        deliver(queue, event(1));
        queue.addListener(event -> heard.add(token(event)), List.of(event(10), event(11)));
        deliver(queue, event(12));
        drained(queue);
        assertThat(heard).containsExactly(10L, 11L, 12L);
    }

    @Test
    void itTellsWhenItHasComeToRest() throws Exception {
        CompletableFuture<Boolean> emptyAtRest = new CompletableFuture<>();
        EventQueue[] queue = new EventQueue[1];
        queue[0] = new EventQueue("job", time, threads, List.of(), () -> emptyAtRest.complete(queue[0].empty()));
        assertThat(queue[0].empty()).isTrue();
        deliver(queue[0], event(1));
        assertThat(emptyAtRest.get(20, SECONDS)).isTrue();
    }

    @Test
    void onlyItsOwnListenersAreOnItsThread() throws Exception {
        CompletableFuture<Boolean> inside = new CompletableFuture<>();
        CompletableFuture<Boolean> elsewhere = new CompletableFuture<>();
        EventQueue other = queue();
        EventQueue[] queue = new EventQueue[1];
        queue[0] = queue(event -> {
            elsewhere.complete(other.isCurrentThread());
            inside.complete(queue[0].isCurrentThread());
        });
        deliver(queue[0], event(1));
        assertThat(inside.get(20, SECONDS)).isTrue();
        assertThat(elsewhere.get(20, SECONDS)).isFalse();
        assertThat(queue[0].isCurrentThread()).isFalse();
    }
}
