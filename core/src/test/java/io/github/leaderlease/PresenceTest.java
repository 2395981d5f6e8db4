package io.github.leaderlease;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import io.github.leaderlease.spi.PresenceStore;
import io.github.leaderlease.spi.PresenceStore.Entry;
import io.github.leaderlease.spi.PresenceStore.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a process announces, and when. */
final class PresenceTest {

    private final ManualScheduler time = new ManualScheduler();
    private final Tables tables = new Tables();
    private final List<String> said = new ArrayList<>();
    private boolean away;
    private boolean runsTwice;
    private boolean attempting;
    private final Presence presence = new Presence(
            new Calls(),
            time,
            new Node("id", "node", null, Presence.TTL),
            new Notes(),
            () -> away,
            () -> Duration.ofSeconds(1));

    /** Remember what they are told, or refuse. */
    private static final class Tables implements PresenceStore {
        private final List<String> told = new ArrayList<>();
        private boolean known = true;
        private @Nullable Failure failure;
        private int tries;

        /** The next call is cut off when it has done its work. */
        private boolean cutOff;

        @Override
        public boolean announce(Node node, List<Entry> standing, Collection<String> left) {
            tries++;
            if (failure != null) {
                throw new LeaseStoreException(failure, "refused", null);
            }
            told.add("+" + standing.stream().map(Entry::election).toList() + " -" + left);
            if (cutOff) {
                cutOff = false;
                throw new LeaseStoreException(Failure.UNAVAILABLE, "found closed", null);
            }
            return known;
        }

        @Override
        public boolean leave(String nodeId) {
            told.add("left");
            return true;
        }
    }

    /** Answers in the engine's next task. */
    private final class Calls implements AsyncStore {
        @Override
        public <T> void call(
                Kind kind,
                Duration bound,
                Function<LeaseStore, T> call,
                Consumer<T> answer,
                Consumer<Throwable> failed) {
            time.schedule(Duration.ZERO, () -> {
                T value;
                try {
                    value = tries(call);
                } catch (LeaseStoreException e) {
                    failed.accept(e);
                    return;
                }
                answer.accept(value);
            });
        }
    }

    private <T> T tries(Function<LeaseStore, T> call) {
        try {
            return call.apply(new RecordingStore(tables));
        } catch (LeaseStoreException e) {
            if (!runsTwice) {
                throw e;
            }
            return call.apply(new RecordingStore(tables));
        }
    }

    private final class Notes implements Notices {
        @Override
        public void late(Duration by) {
            throw new AssertionError();
        }

        @Override
        public void databaseAway(Throwable cause) {
            throw new AssertionError();
        }

        @Override
        public void databaseBack(Duration after) {
            throw new AssertionError();
        }

        @Override
        public void presenceAway(Throwable cause) {
            said.add("away");
        }

        @Override
        public void presenceBack() {
            said.add("back");
        }
    }

    private void pass(Duration duration) {
        for (long seconds = duration.toSeconds(); seconds > 0; seconds--) {
            time.advance(Duration.ofSeconds(1));
            send();
        }
    }

    private void send() {
        presence.send(ClockReading.of(time), () -> attempting);
        time.advance(Duration.ZERO);
    }

    private void join(String election) {
        presence.joins(new Entry(election, "holder", 0, true));
        send();
    }

    @Test
    void whoStandsForNothingAnnouncesNothing() {
        pass(Duration.ofMinutes(1));
        assertThat(tables.told).isEmpty();
        assertThat(presence.dueAt(Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void changesAreAnnouncedAtOnceAndOneRowInAnInterval() {
        join("a");
        join("b");
        presence.leaves("a");
        send();
        assertThat(tables.told).containsExactly("+[a] -[]", "+[b] -[]", "+[] -[a]");
        pass(Duration.ofSeconds(31));
        assertThat(tables.told).hasSize(6).endsWith("+[] -[]", "+[] -[]", "+[] -[]");
    }

    /** A pause of minutes is over: others have removed all that was announced. */
    @Test
    void whoWasTakenForGoneAnnouncesAllAgain() {
        join("a");
        join("b");
        tables.told.clear();
        tables.known = false;
        pass(Duration.ofSeconds(11));
        assertThat(tables.told).startsWith("+[] -[]", "+[a, b] -[]");
    }

    @Test
    void whatCannotBeAnnouncedIsTriedAgainAndSaidOnce() {
        tables.failure = Failure.DENIED;
        join("a");
        pass(Duration.ofMinutes(1));
        assertThat(said).containsExactly("away");
        assertThat(tables.told).isEmpty();
        tables.failure = null;
        pass(Presence.INTERVAL);
        assertThat(tables.told).containsExactly("+[a] -[]");
        assertThat(said).containsExactly("away", "back");
    }

    @Test
    void thatTheDatabaseIsAwayIsSaidElsewhere() {
        tables.failure = Failure.UNAVAILABLE;
        away = true;
        join("a");
        pass(Duration.ofMinutes(1));
        assertThat(said).isEmpty();
    }

    /** Somebody has locked the tables, and each try costs the connection: so there are few. */
    @Test
    void whatCostsTheConnectionIsTriedLessAndLessOften() {
        tables.failure = Failure.UNAVAILABLE;
        join("a");
        pass(Duration.ofMinutes(30));
        assertThat(tables.tries).isBetween(10, 16);
        assertThat(said).containsExactly("away");
        tables.failure = null;
        pass(Duration.ofMinutes(6));
        assertThat(tables.told).startsWith("+[a] -[]");
    }

    /** Its node may have been announced before the answer got lost, and nothing else. */
    @Test
    void afterAFailureAllIsAnnouncedAgain() {
        join("a");
        tables.failure = Failure.UNAVAILABLE;
        pass(Duration.ofSeconds(11));
        tables.failure = null;
        tables.told.clear();
        pass(Duration.ofSeconds(11));
        assertThat(tables.told).startsWith("+[] -[]", "+[a] -[]");
    }

    /** A connection that was found closed is replaced within the call, which then finds what it has itself written. */
    @Test
    void whatACallFindsTheSecondTimeMayBeItsOwn() {
        join("a");
        runsTwice = true;
        tables.told.clear();
        tables.cutOff = true;
        pass(Duration.ofSeconds(11));
        assertThat(tables.told).startsWith("+[] -[]", "+[] -[]", "+[a] -[]");
    }

    /** They share a connection, and to lead matters more. But some are always about to, where there are thousands. */
    @Test
    void whoIsAboutToAttemptGoesFirstForAMoment() {
        attempting = true;
        join("a");
        for (int i = 0; i < 9; i++) {
            time.advance(Duration.ofMillis(50));
            send();
        }
        assertThat(tables.told).isEmpty();
        attempting = false;
        pass(Duration.ofSeconds(1));
        assertThat(tables.told).containsExactly("+[a] -[]");
        attempting = true;
        join("b");
        for (int i = 0; i < 21; i++) {
            time.advance(Duration.ofMillis(50));
            send();
        }
        assertThat(tables.told).endsWith("+[b] -[]");
    }

    @Test
    void whatWasNeverAnnouncedNeedNotBeTakenBack() {
        tables.failure = Failure.DENIED;
        for (int i = 0; i < 1000; i++) {
            presence.joins(new Entry("job-" + i, "holder", 0, true));
            presence.leaves("job-" + i);
        }
        assertThat(presence.dueAt(Long.MAX_VALUE))
                .as("there is nothing to announce")
                .isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void whoLeavesTakesEverythingBack() {
        join("a");
        CompletableFuture<Void> left = new CompletableFuture<>();
        presence.leave(left);
        time.advance(Duration.ZERO);
        assertThat(left).isDone();
        pass(Duration.ofMinutes(1));
        assertThat(tables.told).containsExactly("+[a] -[]", "left");
    }

    @Test
    void whoseDatabaseIsAwayLeavesWithoutAWord() {
        join("job");
        away = true;
        CompletableFuture<Void> left = new CompletableFuture<>();
        presence.leave(left);
        assertThat(left).isCompleted();
        assertThat(tables.told).doesNotContain("left");
    }
}
