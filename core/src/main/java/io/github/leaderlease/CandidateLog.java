package io.github.leaderlease;

import java.time.Duration;
import java.util.concurrent.Executor;
import org.slf4j.Logger;

/** What one candidate has to say that is no event. */
final class CandidateLog {

    private static final Logger LOG = Loggers.ELECTION;

    private final Candidacy me;
    private final Executor betweenEvents;

    /** The observation for which it was said how long this node will wait. */
    private long waitSaidFor;

    /**
     * For one candidate.
     *
     * @param betweenEvents logs in its turn between the events
     */
    CandidateLog(Candidacy me, Executor betweenEvents) {
        this.me = me;
        this.betweenEvents = betweenEvents;
    }

    /** The job is done and the node still leads: nobody shall wonder why no other node begins. */
    void jobDone(ElectionState state, HeldTerm term) {
        if (!(state.role() instanceof Role.Leading leading) || leading.draining() != null) {
            return;
        }
        Long at = leading.resignAt();
        if (at == null) {
            BackgroundLog.say(() -> LOG.info(
                    "election {}: the job of term {} is done; {} goes on leading, without work, until the term ends",
                    me.election(),
                    term.fencingToken(),
                    me.node()));
        } else {
            String left =
                    Timing.show(Duration.ofNanos(Math.max(0, at - me.time().nanoTime())));
            BackgroundLog.say(() -> LOG.info(
                    "election {}: the job of term {} is done; {} resigns in {}, when its term has lasted one TTL",
                    me.election(),
                    term.fencingToken(),
                    me.node(),
                    left));
        }
    }

    /** Said before the loss that follows from it. */
    void handsOver(long token, String node) {
        betweenEvents.execute(
                () -> LOG.info("election {}: {} hands term {} over to {}", me.election(), me.node(), token, node));
    }

    void jobFailed(HeldTerm term, Throwable failure) {
        if (failure instanceof NotLeaderException && !term.isValid()) {
            BackgroundLog.say(() -> LOG.info(
                    "election {}: the job of term {} ended since its term is over: {}",
                    me.election(),
                    term.fencingToken(),
                    failure.getMessage()));
            return;
        }
        BackgroundLog.say(
                () -> LOG.error("election {}: the job of term {} failed", me.election(), term.fencingToken(), failure));
    }

    /** Once for each renewal that stays the last for half the time that proves its holder gone. */
    void waits(ElectionState state, long now) {
        Observation seen = state.observation();
        Leader told = state.announcedLeader();
        if (seen == null || !seen.held() || seen.since() == waitSaidFor) {
            return;
        }
        if (told == null) {
            waitsAlthoughItIsFree(state, seen);
            return;
        }
        long quiet = now - seen.since();
        if (quiet >= seen.waitNanos() / 2 && quiet < seen.waitNanos()) {
            waitSaidFor = seen.since();
            String node = told.node();
            String since = Timing.show(Duration.ofNanos(quiet));
            String left = Timing.show(Duration.ofNanos(seen.waitNanos() - quiet));
            betweenEvents.execute(() -> LOG.info(
                    "election {}: last held by {}, not renewed for {}; taking over in {} unless it renews",
                    me.election(),
                    node,
                    since,
                    left));
        }
    }

    private void waitsAlthoughItIsFree(ElectionState state, Observation seen) {
        if (state.watching() != null && seen.version().openTerm() == 0) {
            waitSaidFor = seen.since();
            String left = Timing.show(Duration.ofNanos(seen.waitNanos()));
            betweenEvents.execute(() -> LOG.info(
                    "election {}: nobody holds it, but this node has just connected, and this server may have lost a"
                            + " later term; taking over in {} (docs/databases.md)",
                    me.election(),
                    left));
        }
    }
}
