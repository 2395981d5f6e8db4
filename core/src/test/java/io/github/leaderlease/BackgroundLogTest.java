package io.github.leaderlease;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** A log that blocks, fails, or cannot have a thread. */
final class BackgroundLogTest {

    private final List<Integer> written = Collections.synchronizedList(new ArrayList<>());

    private static void end(BackgroundLog log) throws InterruptedException {
        CountDownLatch last = new CountDownLatch(1);
        log.add(last::countDown);
        assertThat(last.await(20, SECONDS)).isTrue();
    }

    @Test
    void linesComeInOrderAlsoAfterOneThatFails() throws Exception {
        BackgroundLog log = new BackgroundLog(SystemScheduler::daemon);
        log.add(() -> written.add(1));
        log.add(() -> {
            throw new AssertionError("on purpose");
        });
        log.add(() -> written.add(2));
        end(log);
        assertThat(written).containsExactly(1, 2);
    }

    @Test
    void oneThatBlocksHoldsUpNobodyAndKeepsNoMoreThanItMay() throws Exception {
        BackgroundLog log = new BackgroundLog(SystemScheduler::daemon);
        CountDownLatch letGo = new CountDownLatch(1);
        CountDownLatch blocks = new CountDownLatch(1);
        log.add(() -> {
            blocks.countDown();
            LaneBench.await(letGo);
        });
        assertThat(blocks.await(20, SECONDS)).isTrue();
        for (int i = 0; i < 3 * BackgroundLog.MOST_WAITING; i++) {
            log.add(() -> written.add(1));
        }
        assertThat(written).isEmpty();
        letGo.countDown();
        while (written.size() < BackgroundLog.MOST_WAITING) {
            Thread.onSpinWait();
        }
        end(log);
        assertThat(written).hasSize(BackgroundLog.MOST_WAITING);
    }

    @Test
    void whatNoThreadCouldWriteIsWrittenByTheNext() throws Exception {
        AtomicBoolean refuses = new AtomicBoolean(true);
        BackgroundLog log = new BackgroundLog((task, name) -> {
            if (refuses.get()) {
                throw new OutOfMemoryError("unable to create native thread, on purpose");
            }
            return SystemScheduler.daemon(task, name);
        });
        log.add(() -> written.add(1));
        refuses.set(false);
        end(log);
        assertThat(written).containsExactly(1);
    }
}
