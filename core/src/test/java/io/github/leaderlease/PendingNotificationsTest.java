package io.github.leaderlease;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is said by anybody may be anything, any number of times. */
final class PendingNotificationsTest {

    private static final long START = Long.MAX_VALUE - 10;

    private final PendingNotifications hints = new PendingNotifications(START);

    @Test
    void onlyElectionsOfThisProcessAreWorthALook() {
        hints.follow("job");
        assertThat(hints.add(List.of("another", "", "?7f3b", "JOB", "job ", "x".repeat(8000))))
                .isFalse();
        assertThat(hints.isEmpty()).isTrue();
        assertThat(hints.add(List.of("another", "job"))).isTrue();
        assertThat(hints.take()).containsExactly(Map.entry("job", false));
        hints.forget("job");
        assertThat(hints.add(List.of("job"))).isFalse();
    }

    @Test
    void sayingItAgainIsNoNews() {
        hints.follow("job");
        assertThat(hints.add(List.of("job", "job"))).isTrue();
        for (int i = 0; i < 1000; i++) {
            assertThat(hints.add(List.of("job"))).isFalse();
        }
        assertThat(hints.take()).containsExactly(Map.entry("job", false));
        assertThat(hints.add(List.of("job"))).as("after a look").isTrue();
    }

    /** Whoever came and went meanwhile is worth a look. */
    @Test
    void aReleaseIsOneOnlyIfNothingElseIsSaid() {
        hints.follow("job");
        String released = new Notification("job", true).text();
        assertThat(hints.add(List.of("another released", " released", "job  released", released)))
                .isTrue();
        assertThat(hints.add(List.of(released))).isFalse();
        assertThat(hints.take()).containsExactly(Map.entry("job", true));
        for (List<String> both : List.of(List.of(released, "job"), List.of("job", released))) {
            assertThat(hints.add(both)).isTrue();
            assertThat(hints.take()).as("%s", both).containsExactly(Map.entry("job", false));
        }
    }

    @Test
    void atMostFiveLooksInAnySecond() {
        long step = Duration.ofMillis(7).toNanos();
        int looks = 0;
        long end = START + Duration.ofSeconds(10).toNanos();
        long[] taken = new long[100];
        for (long now = START; now - end < 0; now += step) {
            if (hints.allowedAt() - now <= 0) {
                hints.looked(now);
                taken[looks++] = now;
            }
        }
        assertThat(looks).isBetween(40, 50);
        for (int i = 0; i + PendingNotifications.MOST_LOOKS < looks; i++) {
            assertThat(taken[i + PendingNotifications.MOST_LOOKS] - taken[i])
                    .isGreaterThanOrEqualTo(Duration.ofSeconds(1).toNanos());
        }
    }
}
