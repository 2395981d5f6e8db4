package io.github.leaderlease.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bytes stay what they are. */
final class NativeTextTest {

    @Test
    void whatIsDecodedIsEncodedAgain() {
        Random random = new Random(7);
        for (int i = 0; i < 10_000; i++) {
            byte[] bytes = new byte[random.nextInt(12)];
            random.nextBytes(bytes);
            assertThat(NativeText.encode(NativeText.decode(bytes))).isEqualTo(bytes);
        }
        byte[] text = "caf\u00e9 \ud83d\ude00".getBytes(UTF_8);
        assertThat(NativeText.decode(text)).isEqualTo("caf\u00e9 \ud83d\ude00");
        assertThat(NativeText.bytesAsCharacters("\u00e9")).isEqualTo("\u00c3\u00a9");
    }

    @Test
    void aTaskTakesVariablesAway() {
        java.util.Map<String, String> environment = new java.util.HashMap<>();
        environment.put("LC_ALL", null);
        environment.put("EMPTY", "");
        CommandSpec task = new CommandSpec(Duration.ZERO, Duration.ZERO, Duration.ZERO, environment, List.of("a"));
        assertThat(CommandSpec.of(task.toFrame())).isEqualTo(task);
    }

    @Test
    void aSocketTakesTheFirstFolderThatFits(@TempDir Path folder) throws Exception {
        Path deep = Files.createDirectories(folder.resolve("x".repeat(120)));
        SocketFolder opened = SocketFolder.open(List.of("/proc/nothing", deep.toString(), "/tmp"));
        assertThat(opened.folder().getParent()).isEqualTo(Path.of("/tmp"));
        assertThat(deep).isEmptyDirectory();
        opened.server().close();
        opened.delete();
        assertThat(opened.folder()).doesNotExist();
        Failures.Exit none = org.assertj.core.api.Assertions.catchThrowableOfType(
                Failures.Exit.class, () -> SocketFolder.open(List.of("/proc/nothing", deep.toString())));
        assertThat(none)
                .hasMessageContainingAll("/proc/nothing (", "too long for a socket", "-Djava.io.tmpdir=DIR")
                .hasMessageNotContaining("\n");
    }
}
