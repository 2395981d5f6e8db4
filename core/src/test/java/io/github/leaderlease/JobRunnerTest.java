package io.github.leaderlease;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.spi.TermKey;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class JobRunnerTest {

    private static final Timing TIMING =
            new Timing(Duration.ofSeconds(10), Duration.ofSeconds(5), Timing.DEFAULT_STOP_TIMEOUT);

    private record Ending(HeldTerm term, Optional<Throwable> failure) {}

    private final ManualScheduler time = new ManualScheduler();
    private final BlockingQueue<Ending> endings = new ArrayBlockingQueue<>(10);

    private HeldTerm term(long token) {
        return new HeldTerm(
                new TermKey("job", token, "abc"), "node-1", TIMING, time, ClockReading.of(time), HeldTerm.Fence.NONE);
    }

    private JobRunner runner(LeaderJob job) {
        return runner(job, SystemScheduler::daemon, Runnable::run);
    }

    private JobRunner runner(LeaderJob job, Threads threads, Executor interrupts) {
        JobRunner[] runner = new JobRunner[1];
        runner[0] = new JobRunner(job, threads, interrupts, () -> {
            JobRunner.Ending ending = Objects.requireNonNull(runner[0].ending());
            endings.add(new Ending(ending.term(), Optional.ofNullable(ending.failure())));
            runner[0].forget(ending);
        });
        return runner[0];
    }

    private Ending ending() throws InterruptedException {
        Ending ending = endings.poll(20, SECONDS);
        assertThat(ending).as("the job's end").isNotNull();
        return ending;
    }

    @Test
    void itRunsTheJobOnceForTheTermOnAThreadOfItsOwn() throws Exception {
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        CompletableFuture<Leadership> given = new CompletableFuture<>();
        JobRunner runner = runner(leadership -> {
            thread.complete(Thread.currentThread());
            given.complete(leadership);
        });
        HeldTerm term = term(1);
        runner.start(term);
        assertThat(ending()).isEqualTo(new Ending(term, Optional.empty()));
        assertThat(given.get()).isSameAs(term);
        assertThat(thread.get()).isNotSameAs(Thread.currentThread());
        assertThat(thread.get().getName()).contains("job");
        assertThat(thread.get().isDaemon()).isTrue();
        assertThat(runner.running()).isFalse();
    }

    @Test
    void stopInterruptsTheJobAndThatIsNoFailure() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        JobRunner runner = runner(leadership -> {
            begun.countDown();
            new CountDownLatch(1).await();
        });
        runner.start(term(1));
        assertThat(begun.await(20, SECONDS)).isTrue();
        assertThat(runner.running()).isTrue();
        runner.stop(1);
        assertThat(ending().failure()).isEmpty();
        assertThat(runner.running()).isFalse();
    }

    @Test
    void anInterruptThatNobodyAskedForIsAFailure() throws Exception {
        JobRunner runner = runner(leadership -> {
            throw new InterruptedException("of its own making");
        });
        runner.start(term(1));
        assertThat(ending().failure()).get().isInstanceOf(InterruptedException.class);
    }

    @Test
    void whatTheJobThrowsIsReportedAlsoAfterAStop() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        JobRunner runner = runner(leadership -> {
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                throw new IOException("could not tidy up", e);
            }
        });
        runner.start(term(1));
        assertThat(begun.await(20, SECONDS)).isTrue();
        runner.stop(1);
        assertThat(ending().failure()).get().isInstanceOf(IOException.class);
    }

    @Test
    void anErrorIsAFailureToo() throws Exception {
        JobRunner runner = runner(leadership -> {
            throw new StackOverflowError("on purpose");
        });
        runner.start(term(1));
        assertThat(ending().failure()).get().isInstanceOf(StackOverflowError.class);
    }

    @Test
    void aThreadThatCannotBeHadIsAFailureAndTheNextTermTriesAgain() throws Exception {
        AtomicBoolean refuses = new AtomicBoolean(true);
        Threads scarce = (task, name) -> {
            if (refuses.get()) {
                throw new OutOfMemoryError("unable to create native thread, on purpose");
            }
            return SystemScheduler.daemon(task, name);
        };
        JobRunner runner = runner(leadership -> {}, scarce, Runnable::run);
        runner.start(term(1));
        assertThat(ending().failure()).get().isInstanceOf(OutOfMemoryError.class);
        assertThat(runner.running()).isFalse();
        refuses.set(false);
        runner.start(term(2));
        assertThat(ending().failure()).isEmpty();
    }

    /** To interrupt a thread may run code of the user's: it closes the channel that the thread waits for. */
    @Test
    void whoStopsAJobDoesNotWaitForItsInterrupt() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        Queue<Runnable> interrupts = new ConcurrentLinkedQueue<>();
        JobRunner runner = runner(
                leadership -> {
                    begun.countDown();
                    new CountDownLatch(1).await();
                },
                SystemScheduler::daemon,
                interrupts::add);
        runner.start(term(1));
        assertThat(begun.await(20, SECONDS)).isTrue();
        runner.stop(1);
        assertThat(interrupts).hasSize(1);
        assertThat(runner.running()).isTrue();
        interrupts.remove().run();
        assertThat(ending().failure()).isEmpty();
    }

    @Test
    void aJobWhoseTermWasStoppedBeforeNeverStarts() {
        JobRunner runner = runner(leadership -> {});
        runner.stop(5);
        runner.start(term(5));
        assertThat(runner.running()).isFalse();
        assertThat(endings).isEmpty();
    }

    @Test
    void aJobWhoseTermIsOverNeverStarts() {
        JobRunner runner = runner(leadership -> {});
        HeldTerm over = term(5);
        over.end();
        runner.start(over);
        assertThat(runner.running()).isFalse();
        assertThat(endings).isEmpty();
    }

    @Test
    void theNextTermStartsTheJobAgain() throws Exception {
        JobRunner runner = runner(leadership -> {});
        runner.stop(1);
        HeldTerm second = term(2);
        runner.start(second);
        assertThat(ending().term()).isSameAs(second);
        HeldTerm third = term(3);
        runner.start(third);
        assertThat(ending().term()).isSameAs(third);
    }
}
