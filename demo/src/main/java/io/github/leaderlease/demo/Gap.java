package io.github.leaderlease.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The time between two leaders.
 *
 * @param leaderless from the old leader's end to the new one's first yes
 * @param sinceRenewal from the old leader's last renewal to the new one's first yes
 */
record Gap(Span before, Span after, Duration leaderless, Duration sinceRenewal) {

    static List<Gap> between(List<Span> spans, Duration ttl) {
        long valid = ttl.minus(ttl.dividedBy(10)).toNanos();
        List<Gap> gaps = new ArrayList<>();
        for (int i = 1; i < spans.size(); i++) {
            Span before = spans.get(i - 1);
            Span after = spans.get(i);
            Duration leaderless = Duration.ofNanos(after.from() - before.leaderless());
            Duration sinceRenewal = Duration.ofNanos(after.from() - (before.deadline() - valid));
            gaps.add(new Gap(before, after, leaderless, sinceRenewal));
        }
        return gaps;
    }

    /** What 99 of 100 takeovers after a crash keep, from the last renewal on. */
    static Duration promised(Duration ttl) {
        return ttl.multipliedBy(102).dividedBy(100).plusMillis(1500);
    }
}
