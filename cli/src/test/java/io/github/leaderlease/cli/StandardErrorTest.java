package io.github.leaderlease.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nobody who writes waits for somebody who reads. */
@Timeout(60)
final class StandardErrorTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    /** Lets through as many writes as there are permits, like a pipe whose reader stands still. */
    private static final class Pipe extends OutputStream {
        private final Semaphore permits = new Semaphore(0);
        private final CountDownLatch reached = new CountDownLatch(1);
        private final ByteArrayOutputStream arrived = new ByteArrayOutputStream();

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            reached.countDown();
            permits.acquireUninterruptibly();
            arrived.write(bytes, offset, length);
        }

        String text() {
            return arrived.toString(UTF_8);
        }
    }

    @Test
    void aFullPipeHoldsNobodyUpAndWhatIsMissingIsCounted() throws Exception {
        Pipe pipe = new Pipe();
        StandardError error = new StandardError(pipe, 100);
        PrintStream out = new PrintStream(error, true, UTF_8);
        out.print("first\n");
        pipe.reached.await();
        for (int i = 0; i < 1000; i++) {
            out.print("line " + i + "\n");
        }
        assertThat(error.settle(LONG, Duration.ofMillis(1))).isFalse();
        pipe.permits.release(Integer.MAX_VALUE / 2);
        assertThat(error.settle(LONG, LONG)).isTrue();
        assertThat(pipe.text())
                .startsWith("first\nline 0\n")
                .contains(" lines are missing here")
                .doesNotContain("line 999");
        out.print("last\n");
        assertThat(error.settle(LONG, LONG)).isTrue();
        assertThat(pipe.text()).endsWith("last\n");
    }

    @Test
    void aClosedPipeIsNoTrouble() {
        PrintStream out = new PrintStream(
                new StandardError(
                        new OutputStream() {
                            @Override
                            public void write(int b) throws IOException {
                                throw new IOException("Broken pipe");
                            }
                        },
                        100),
                true,
                UTF_8);
        for (int i = 0; i < 100; i++) {
            out.println("line");
        }
        assertThat(out.checkError()).isFalse();
    }
}
