package io.github.leaderlease;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.spi.TermKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
        assertThat(hints.take()).containsExactly("job");
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
        assertThat(hints.take()).containsExactly("job");
        assertThat(hints.add(List.of("job"))).as("after a look").isTrue();
    }

    /** What else happened meanwhile does not slow him down. */
    @Test
    void whatWasReleasedToAnHeirIsKnownAtOnce() {
        hints.follow("job");
        TermKey term = new TermKey("job", 7, "a");
        Notification released = Notification.released(term, LossReason.CLOSED, "heir");
        assertThat(hints.add(List.of("another 7 CLOSED heir", " 7 CLOSED heir", "job 7 CLOSED", "job x CLOSED heir")))
                .isFalse();
        assertThat(hints.add(List.of("job", released.text()))).isTrue();
        assertThat(hints.add(List.of(released.text()))).as("again").isFalse();
        assertThat(hints.takeReleased(START))
                .containsExactly(Map.entry("job", Objects.requireNonNull(released.released())));
        assertThat(hints.takeReleased(START)).isEmpty();
        assertThat(hints.take()).containsExactly("job");
        assertThat(hints.add(List.of(
                        Notification.released(term, LossReason.CLOSED, null).text())))
                .as("without an heir it is a change as any other")
                .isTrue();
        assertThat(hints.take()).containsExactly("job");
    }

    /** However many forged ones there are. */
    @Test
    void releasesAreTakenTogetherInEachMoment() {
        hints.follow("job");
        int taken = 0;
        for (int i = 0; i < 1_000; i++) {
            Notification forged = Notification.released(new TermKey("job", i, "a"), LossReason.CLOSED, "heir");
            hints.add(List.of(forged.text()));
            taken += hints.takeReleased(START + i * 100_000L).size();
        }
        assertThat(taken).as("within 100 ms").isBetween(1, 20);
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
