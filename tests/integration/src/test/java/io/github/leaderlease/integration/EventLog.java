package io.github.leaderlease.integration;

import static org.awaitility.Awaitility.await;

import io.github.leaderlease.LeaderEvent;
import io.github.leaderlease.LeaderEvent.CallFailed;
import io.github.leaderlease.LeaderEvent.LeaderChanged;
import io.github.leaderlease.LeaderEvent.LeadershipAcquired;
import io.github.leaderlease.LeaderEvent.LeadershipAtRisk;
import io.github.leaderlease.LeaderEvent.LeadershipLost;
import io.github.leaderlease.LeaderListener;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** Remembers what one listener heard, and when. */
final class EventLog implements LeaderListener {

    /**
     * One event.
     *
     * @param at when it was heard, on this JVM's monotonic clock
     */
    record Heard(long at, LeaderEvent event) {}

    private final List<Heard> heard = new CopyOnWriteArrayList<>();

    @Override
    public void onEvent(LeaderEvent event) {
        heard.add(new Heard(System.nanoTime(), event));
    }

    /** All changes of leadership in short, such as {@code acquired}, {@code following a}, {@code lost own RESIGNED}. */
    List<String> story() {
        return heard.stream()
                .map(Heard::event)
                .filter(event -> !(event instanceof CallFailed || event instanceof LeadershipAtRisk))
                .map(EventLog::tell)
                .toList();
    }

    static String tell(LeaderEvent event) {
        if (event instanceof LeadershipAcquired) {
            return "acquired";
        }
        if (event instanceof LeaderChanged changed) {
            return "following " + changed.leader().node();
        }
        if (event instanceof LeadershipLost lost) {
            String whose = lost.own() ? "own" : lost.term().node();
            return "lost " + whose + " " + lost.reason();
        }
        return event.toString();
    }

    /** Waits until the story is exactly this. */
    void awaitStory(Duration bound, String... story) {
        List<String> expected = List.of(story);
        await().alias("story " + expected)
                .atMost(bound)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .until(this::story, expected::equals);
    }

    /** Waits until the story has this line for the n-th time, and returns that event. */
    Heard awaitLine(Duration bound, String line, int times) {
        await().alias(times + " x '" + line + "' in " + this)
                .atMost(bound)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> lines(line).size() >= times);
        return lines(line).get(times - 1);
    }

    List<Heard> lines(String line) {
        return matching(event -> tell(event).equals(line));
    }

    List<Heard> matching(Predicate<LeaderEvent> wanted) {
        return heard.stream().filter(one -> wanted.test(one.event())).toList();
    }

    int ownLosses() {
        return matching(event -> event instanceof LeadershipLost lost && lost.own())
                .size();
    }

    /** How often a term began here. */
    int acquisitions() {
        return matching(LeadershipAcquired.class::isInstance).size();
    }

    @Override
    public String toString() {
        return story().toString();
    }
}
