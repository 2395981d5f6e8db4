package io.github.leaderlease;

import java.util.HashSet;
import java.util.Set;

/** One candidate as its listener and the checker see it: checks that its events make sense. */
final class Member implements LeaderListener {

    private final World world;
    private final SimulatedProcess process;
    private final String election;
    private final Set<Long> lost = new HashSet<>();
    /** The term that it was told of and whose loss it was not; 0 if none. */
    private long told;

    private boolean toldOwn;
    /** The highest token of a term that has answered that it is over. */
    private long over;

    private long standingSince = Long.MAX_VALUE;

    Candidate candidate;

    Member(World world, SimulatedProcess process, String election) {
        this.world = world;
        this.process = process;
        this.election = election;
    }

    @Override
    public void onEvent(LeaderEvent event) {
        world.trace().log(process.name(), () -> "told " + event);
        if (candidate.closed().isDone()) {
            fail("event after it was closed: " + event);
        }
        if (event instanceof LeaderEvent.LeadershipAcquired acquired) {
            acquired(acquired.leadership());
        } else if (event instanceof LeaderEvent.LeaderChanged changed) {
            changed(changed.leader());
        } else if (event instanceof LeaderEvent.LeadershipLost loss) {
            lost(loss);
        }
    }

    private void acquired(Leadership leadership) {
        long token = leadership.fencingToken();
        tell(token, true);
        Role own = candidate.state().role();
        boolean leads = own instanceof Role.Leading leading && leading.key().token() == token;
        boolean overAlready =
                own instanceof Role.Demoted demoted && demoted.key().token() == token;
        if (!leads && !overAlready) {
            fail("told to have acquired " + token + ", but the state is " + own);
        }
        if (world.checker().opener(election, token) != this) {
            fail("told to have acquired " + token + ", which it did not open");
        }
    }

    private void changed(Leader leader) {
        tell(leader.fencingToken(), false);
        if (world.checker().opener(election, leader.fencingToken()) == this) {
            fail("told to follow itself in term " + leader.fencingToken());
        }
    }

    private void tell(long token, boolean own) {
        if (told != 0) {
            fail("told of term " + token + " while the loss of " + told + " was not told");
        }
        if (lost.contains(token)) {
            fail("told of term " + token + " again after its loss");
        }
        told = token;
        toldOwn = own;
    }

    private void lost(LeaderEvent.LeadershipLost loss) {
        long token = loss.term().fencingToken();
        if (told != token || toldOwn != loss.own()) {
            fail("told the loss of term " + token + " (own: " + loss.own() + "), but knew of " + told);
        }
        told = 0;
        lost.add(token);
        if (loss.own()) {
            if (candidate.knowledge().isLeader()) {
                fail("still the leader while it is told the loss of its term " + token);
            }
            world.checker().lostOwn(this, token, loss.reason());
        } else {
            world.checker().lostOther(this, token, loss.reason());
        }
    }

    /** Whether it was told that it leads, and not yet that this is over. */
    boolean believesToLead() {
        return told != 0 && toldOwn;
    }

    long told() {
        return told;
    }

    /** Asks as an application does. */
    boolean isLeader() {
        long leading = leadingToken();
        boolean leader = candidate.knowledge().isLeader();
        if (leader && leading == 0) {
            fail("answers that it leads, but the state is " + candidate.state().role());
        }
        if (leader && leading <= over) {
            fail("leads in term " + leading + ", which was over before");
        }
        if (!leader) {
            over = Math.max(over, leading);
        }
        return leader;
    }

    /** Without asking: the token of the term that it is in by its state; 0 if none. */
    long leadingToken() {
        return candidate.state().role() instanceof Role.Leading leading
                ? leading.key().token()
                : 0;
    }

    /** Without asking, whether it leads and its deadline is ahead. */
    boolean leadsInTime() {
        return candidate.state().role() instanceof Role.Leading leading
                && leading.anchor().elapsedAt(ClockReading.of(process.time()))
                        < candidate.me().timing().trustNanos();
    }

    /** Since when nothing but other candidates keeps it from leading, in true time; never, if something else does. */
    long standingSince() {
        ElectionState state = candidate.state();
        boolean stands = process.time().running()
                && !state.closing()
                && state.cooldown().over(process.time().nanoTime(), 0);
        standingSince = stands ? Math.min(standingSince, world.time().nanos()) : Long.MAX_VALUE;
        return standingSince;
    }

    /** When it may take a vacated lease after many changes of leader, in true time. */
    long mayTakeAt() {
        long left = candidate.state().pace().mayTakeAt(candidate.me().timing().ttl())
                - process.time().nanoTime();
        return world.time().nanos() + (long) (left / (left > 0 ? 0.95 : 1.05));
    }

    void fail(String what) {
        world.checker().fail(process.name() + " " + election + ": " + what);
    }

    String election() {
        return election;
    }

    SimulatedProcess process() {
        return process;
    }

    @Override
    public String toString() {
        return process.name();
    }
}
