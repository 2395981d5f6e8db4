package io.github.leaderlease;

import io.github.leaderlease.AsyncStore.Kind;
import io.github.leaderlease.spi.ElectionVersion;
import io.github.leaderlease.spi.LeaseStore.ReadRequest;
import io.github.leaderlease.spi.ReadResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How the followers of one process look at the table: in one call for all, or as many as it can do, one at a time. */
final class Poller {

    private final Sender sender;
    private final Collection<Candidate> candidates;
    private final Consumer<Candidate> noAttempt;
    private final PendingNotifications notifications;

    /** Whether this process is told of changes as they happen. */
    private boolean listening;

    /** Something may have been missed: all look, due or not. */
    private boolean lookAtAll;

    /** Null while what was seen says nothing about what will be. */
    private @Nullable Watch watch;

    private long watches;

    /** Those that the next looks are for: more may be due than one call can do. */
    private final Set<Candidate> waiting = new LinkedHashSet<>();

    private final Portion portion = new Portion();
    private final InFlight reading = new InFlight();
    private int readFailures;
    private long readAllowedAt;

    /**
     * For all candidates of this process, whoever they are at the time.
     *
     * @param noAttempt is told who has no reason to attempt any more
     */
    Poller(Sender sender, Collection<Candidate> candidates, Consumer<Candidate> noAttempt) {
        this.sender = sender;
        this.candidates = candidates;
        this.noAttempt = noAttempt;
        long now = sender.now().nanos();
        this.notifications = new PendingNotifications(now);
        this.readAllowedAt = now;
    }

    PendingNotifications notifications() {
        return notifications;
    }

    void listening(boolean now) {
        listening = now;
        lookAtAll = true;
    }

    /** When the next look may be sent; null while one is under way. */
    @Nullable
    Long allowedAt() {
        return reading.busy() ? null : readAllowedAt;
    }

    /** When to look because of hints, or else when it is time anyway. */
    long notificationsAt(long latest) {
        long releasedAt = notifications.releasedAt(latest);
        if (reading.busy()) {
            return releasedAt;
        }
        if (lookAtAll || !waiting.isEmpty()) {
            return Monotonic.earlier(releasedAt, readAllowedAt);
        }
        return notifications.isEmpty()
                ? releasedAt
                : Monotonic.earlier(releasedAt, Monotonic.later(notifications.allowedAt(), readAllowedAt));
    }

    void send(ClockReading now) {
        if (reading.lost(now.nanos())) {
            lookAtAll = true; // what this look was for is not known any more
            watch = null;
        }
        toldOfReleases(now);
        if (reading.busy() || readAllowedAt - now.nanos() > 0) {
            return;
        }
        try {
            Set<Candidate> due = due(now.nanos());
            List<Candidate> piece = due.stream().limit(portion.size()).toList();
            waiting.clear();
            due.stream().skip(piece.size()).forEach(waiting::add);
            send(piece, Sender.callTimeout(due), now);
        } catch (RuntimeException | Error e) {
            lookAtAll = true;
            throw e;
        }
    }

    private void send(List<Candidate> readers, Duration bound, ClockReading now) {
        if (readers.isEmpty()) {
            return;
        }
        List<ReadRequest> followed = readers.stream().map(Poller::request).toList();
        sender.<ReadResult>send(
                portion,
                readers.size(),
                Kind.OTHER,
                bound,
                store -> store.read(followed),
                answer -> {
                    readAnswered(readers, answer, now);
                    if (!waiting.isEmpty()) {
                        send(sender.now());
                    }
                },
                failure -> readFailed(readers, failure));
        reading.begin(now.nanos(), bound);
    }

    /** What it knows, so that a read need only tell what has changed, and why the term that it was told of has ended. */
    private static ReadRequest request(Candidate candidate) {
        Observation seen = candidate.state().observation();
        Leader told = candidate.state().announcedLeader();
        ElectionVersion known = seen == null || candidate.lastSeen() == null ? null : seen.version();
        return new ReadRequest(candidate.me().election(), known, told == null ? 0 : told.fencingToken());
    }

    /** Who was named or is about to attempt goes first, but leaves half of the room to those who have waited longest. */
    private Set<Candidate> due(long now) {
        List<Candidate> hinted = hinted(now);
        List<Candidate> ready = new ArrayList<>();
        List<Candidate> soon = soon(now, ready);
        List<Candidate> some = some(ready);
        boolean alone = waiting.isEmpty() && soon.isEmpty();
        Set<Candidate> all = new LinkedHashSet<>(hinted);
        all.addAll(some.subList(0, alone ? some.size() : Math.min(some.size(), portion.size() / 2)));
        all.addAll(waiting);
        all.addAll(soon);
        all.addAll(some);
        all.removeIf(candidate -> !candidate.state().follows());
        return all;
    }

    /**
     * Once one follower is due, all that will be within half a poll look too: so one statement does for a process, however
     * many elections. Who looks once more before an attempt, or because of a hint, does so without the others.
     *
     * @param ready takes those who look without the others
     */
    private List<Candidate> soon(long now, List<Candidate> ready) {
        List<Candidate> soon = new ArrayList<>();
        boolean due = lookAtAll;
        for (Candidate candidate : candidates) {
            long left = candidate.state().readDueAt() - now;
            if (!candidate.state().follows()) {
                continue;
            }
            if (candidate.state().attemptAt() == null) {
                due |= left <= 0;
                if (lookAtAll || left <= candidate.me().timing().pollInterval().toNanos() / 2) {
                    soon.add(candidate);
                }
            } else if (left <= 0) {
                ready.add(candidate);
            }
        }
        lookAtAll = false;
        return due ? soon : List.of();
    }

    /** Who needs a look because of hints. */
    private List<Candidate> hinted(long now) {
        if (notifications.isEmpty() || notifications.allowedAt() - now > 0) {
            return List.of();
        }
        Set<String> named = notifications.take();
        List<Candidate> readers = candidates.stream()
                .filter(each ->
                        each.state().follows() && named.contains(each.me().election()))
                .toList();
        if (!readers.isEmpty()) {
            notifications.looked(now);
        }
        return readers;
    }

    /** Neither waits for a read that is under way, nor is it slowed down by how much else has happened. */
    private void toldOfReleases(ClockReading now) {
        Map<String, Notification.Released> told = notifications.takeReleased(now.nanos());
        for (Candidate candidate : told.isEmpty() ? List.<Candidate>of() : candidates) {
            Notification.Released released = told.get(candidate.me().election());
            if (released != null && candidate.state().follows()) {
                Defects.guarded(
                        candidate,
                        () -> candidate.apply((state, me) ->
                                HeirRules.toldOfRelease(state, me, released, candidate.lastSeen(), now)));
                boolean news = candidate.me().nodeId().equals(released.heir())
                        || released.token() > candidate.state().highestToken();
                if (news && candidate.state().follows()) {
                    notifications.changed(candidate.me().election());
                }
            }
        }
    }

    /**
     * At random, so that processes that take over the same elections share them; more than can be attempted together, for
     * others may have taken some meanwhile.
     */
    private List<Candidate> some(List<Candidate> ready) {
        int most = Math.min(ready.size(), 4 * Acquirer.MOST_TOGETHER);
        for (int i = 0; i < most; i++) {
            Collections.swap(ready, i, i + sender.randomBelow(ready.size() - i));
        }
        return ready.subList(0, most);
    }

    private void readAnswered(List<Candidate> readers, ReadResult answer, ClockReading sentAt) {
        reading.end();
        readFailures = 0;
        ClockReading now = sender.now();
        long longestPause = Watch.longestPause(Sender.callTimeout(candidates));
        Watch current = Watch.next(watch, watches + 1, answer, sentAt, now, longestPause);
        watch = current;
        watches = current == null ? watches : Math.max(watches, current.number());
        boolean mayLookRarely = listening && current == null; // else the watch would be interrupted
        int[] room = {Acquirer.MOST_TOGETHER};
        Defects.each(readers, candidate -> {
            ReadResult.Election election =
                    answer.elections().getOrDefault(candidate.me().election(), candidate.lastSeen());
            if (election != null) {
                ReadAnswer seen = new ReadAnswer(
                        sentAt.nanos(), now, answer.incarnation(), election, current, mayLookRarely, room[0] > 0);
                candidate.read(seen, sender.random());
                if (candidate.state().role() instanceof Role.Acquiring) {
                    room[0]--;
                } else if (!candidate.state().attempts()) {
                    noAttempt.accept(candidate);
                }
            }
        });
    }

    private void readFailed(List<Candidate> readers, Throwable failure) {
        reading.end();
        readFailures++;
        watch = null; // nor is it known what happens before the next one is answered
        waiting.addAll(readers); // behind those that have not been tried
        readAllowedAt = sender.now().nanos() + LeaderRules.retryNanos(sender.random(), readFailures - 1);
        Defects.each(
                readers,
                candidate -> candidate.apply(
                        (state, me) -> FollowerRules.readFailed(state, me, failure, readFailures == 1)));
    }
}
