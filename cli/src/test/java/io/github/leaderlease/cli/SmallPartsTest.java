package io.github.leaderlease.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.cli.ProcessTable.Entry;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The parts of {@code run} and {@code status} that need neither a process nor a database. */
final class SmallPartsTest {

    @ParameterizedTest
    @CsvSource({
        "500ms, PT0.5S, 500ms",
        "3s, PT3S, 3s",
        "120s, PT2M, 2m",
        "90m, PT1H30M, 90m",
        "1h, PT1H, 1h",
        "0s, PT0S, 0s"
    })
    void durations(String text, Duration duration, String shown) {
        assertThat(new DurationConverter().convert(text)).isEqualTo(duration);
        assertThat(DurationConverter.show(duration)).isEqualTo(shown);
    }

    /** The check value of CRC-32, and names as the library numbers them: this must never change. */
    @ParameterizedTest
    @CsvSource({"123456789, -873187034", "e, -270894502", "demo, -700260448", "invoice-run, 967942932"})
    void fenceKeys(String election, int key) {
        assertThat(FenceKey.of(election)).isEqualTo(key);
    }

    @Test
    void jsonEscapesWhatItMust() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("quote\"", "back\\slash");
        fields.put("lines", "a\nb\r\tc\u0000\u001b\u007f\u0085\u00e9\ud83d\ude00");
        fields.put("number", 17L);
        fields.put("decimal", new BigDecimal("1E+3"));
        fields.put("truth", true);
        fields.put("nothing", null);
        assertThat(Json.object(fields))
                .isEqualTo("{\"quote\\\"\":\"back\\\\slash\","
                        + "\"lines\":\"a\\nb\\r\\tc\\u0000\\u001b\\u007f\\u0085\\u00e9\\ud83d\\ude00\","
                        + "\"number\":17,\"decimal\":1000,\"truth\":true,\"nothing\":null}");
        assertThat(Json.object(Map.of())).isEqualTo("{}");
    }

    @Test
    void tablesDoNotSteerTerminals() {
        assertThat(TextTable.lines(List.of(List.of("A", "BB"), List.of("longer", "\u001b[2J\u009b1m"))))
                .containsExactly("A       BB", "longer  ?[2J?1m");
    }

    @Test
    void aRightIsCountedFromTheQuestionOnTheClockThatWentFurther() {
        Permit right = new Permit(1_000, 50_000, 0).answered(TimeUnit.SECONDS.toNanos(10));
        long twoSeconds = TimeUnit.SECONDS.toNanos(2);
        assertThat(right.left(1_000 + twoSeconds, 50_000)).isEqualTo(TimeUnit.SECONDS.toNanos(8));
        assertThat(right.left(1_000 + twoSeconds, 59_000)).isEqualTo(TimeUnit.SECONDS.toNanos(1));
        assertThat(right.left(1_000 + twoSeconds, 1)).isEqualTo(TimeUnit.SECONDS.toNanos(8));
        assertThat(right.left(1_000, 60_000)).isZero();
        assertThat(Permit.askedNow().left()).isNotPositive();
    }

    @Test
    void aTaskSurvivesItsFrame() {
        CommandSpec task = new CommandSpec(
                Duration.ofMillis(300),
                Duration.ofSeconds(10),
                Duration.ofNanos(7),
                Map.of("A", "1=2", "B", ""),
                List.of("sh", "-c", "echo \"x\ny\" caf\u00e9", "", "last"));
        assertThat(CommandSpec.of(task.toFrame())).isEqualTo(task);
    }

    @Test
    void processesAreReadWhateverTheirNames() {
        String rest = " 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 4711 0 0";
        assertThat(ProcessTable.parse("12 (a b) S 1) (x) S 11 10 9" + rest))
                .containsExactly(new Entry(12, 11, 10, 9, 4711));
        assertThat(ProcessTable.parse("12 (dead) Z 11 10 9" + rest)).isEmpty();
    }

    @Test
    void aTreeHoldsDescendantsSessionGroupAndWhomItHasSeen() {
        ProcessTree tree = new ProcessTree(10, true, pid -> pid == 16);
        Entry child = new Entry(11, 10, 10, 10, 1);
        Entry ownSession = new Entry(12, 11, 12, 12, 1);
        Entry orphanInSession = new Entry(13, 1, 13, 10, 1);
        Entry orphanInGroup = new Entry(14, 1, 10, 99, 1);
        Entry stranger = new Entry(15, 1, 15, 15, 1);
        Entry marked = new Entry(16, 1, 16, 16, 1);
        Entry belowMarked = new Entry(9, 16, 16, 16, 1);
        Entry root = new Entry(10, 1, 10, 10, 1);
        assertThat(tree.members(List.of(stranger, ownSession, child, orphanInSession, orphanInGroup, root)))
                .containsExactlyInAnyOrder(11L, 12L, 13L, 14L);
        assertThat(tree.members(List.of(belowMarked, stranger, marked))).containsExactlyInAnyOrder(16L, 9L);
        Entry orphaned = new Entry(12, 1, 12, 12, 1);
        assertThat(tree.members(List.of(orphaned, stranger))).containsExactly(12L);
        Entry sameNumber = new Entry(12, 1, 12, 12, 2);
        assertThat(tree.members(List.of(sameNumber, stranger))).isEmpty();
        assertThat(new ProcessTree(10, false, pid -> false).members(List.of(child, orphanInSession)))
                .containsExactly(11L);
    }

    @Test
    void questionsFitTheTtl() {
        assertThat(timing("1s").askEvery()).isEqualTo(Duration.ofMillis(50));
        assertThat(timing("10s").askEvery()).isEqualTo(Duration.ofMillis(500));
        assertThat(timing("1h").askEvery()).isEqualTo(Duration.ofSeconds(1));
        assertThat(timing("10s").grace()).isEqualTo(Duration.ofSeconds(1));
        assertThat(timing("10s").heartbeat()).isEqualTo(Duration.ofSeconds(5));
    }

    private static RunTiming timing(String ttl) {
        return RunTiming.of(new DurationConverter().convert(ttl), null, null, Duration.ZERO);
    }
}
