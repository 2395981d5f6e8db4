package io.github.leaderlease;

import io.github.leaderlease.spi.ElectionVersion;
import io.github.leaderlease.spi.LeaseStore.AcquireRequest;
import io.github.leaderlease.spi.TermKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Watches a run and remembers the first thing that must not be. */
final class Checker {

    /** What is known of one election. */
    private static final class Course {
        final Map<Long, Member> openers = new HashMap<>();
        long highestToken;
        final LeaderlessTime absence;
        int attempts;

        Course(LeaderlessTime absence) {
            this.absence = absence;
        }
    }

    private final World world;
    private final Map<String, Course> courses = new HashMap<>();
    private @Nullable String violation;
    private int terms;
    private int mostAttempts;

    Checker(World world) {
        this.world = world;
        world.elections().forEach(election -> courses.put(election, new Course(new LeaderlessTime(world))));
    }

    void fail(String what) {
        if (violation == null) {
            violation = what;
            world.trace().log("CHECK", () -> "VIOLATION " + what);
        }
    }

    @Nullable
    String violation() {
        return violation;
    }

    int terms() {
        return terms;
    }

    /** The most attempts to acquire that were sent for one change of leader. */
    int mostAttempts() {
        return mostAttempts;
    }

    /** How much longer than 1.02 TTL after the last renewal, at most, nobody led although somebody could have. */
    long longestExcessNanos() {
        return courses.values().stream()
                .mapToLong(course -> course.absence.longestExcess())
                .max()
                .orElse(0);
    }

    /** After everything that happens. */
    void check() {
        List<SimulatedProcess> processes = world.processes();
        for (int i = 0; i < world.elections().size(); i++) {
            checkOneLeader(processes, i);
            courses.get(world.elections().get(i)).absence.check(processes, i);
        }
    }

    private void checkOneLeader(List<SimulatedProcess> processes, int election) {
        int candidates = 0;
        for (SimulatedProcess process : processes) {
            candidates += process.member(election).leadingToken() != 0 ? 1 : 0;
        }
        if (candidates < 2 && !world.profile().askAlways()) {
            return;
        }
        Member leader = null;
        for (SimulatedProcess process : processes) {
            Member member = process.member(election);
            if (process.time().running() && member.isLeader()) {
                if (leader != null && !world.profile().has(Fault.DELETE_ALL)) {
                    fail("two leaders: " + leader + " in term " + leader.leadingToken() + " and " + member + " in term "
                            + member.leadingToken());
                }
                leader = member;
            }
        }
    }

    /** A process is about to send something. */
    void sending(SimulatedProcess process, Operation operation) {
        if (operation instanceof Operation.Acquire acquire) {
            attempting(process, acquire.request().election());
        } else if (operation instanceof Operation.AcquireMany many) {
            many.requests().forEach(request -> attempting(process, request.election()));
        } else if (operation instanceof Operation.Release release) {
            Member member = memberOf(process, release.term().election());
            if (member.isLeader() || member.believesToLead()) {
                fail(process.name() + " releases " + release.term() + " before it was demoted and told");
            }
        } else if (operation instanceof Operation.Renew renew) {
            renew.terms().forEach(term -> checkRenewal(process, term));
        }
    }

    private void attempting(SimulatedProcess process, String election) {
        Member member = memberOf(process, election);
        if (member.believesToLead() || member.isLeader()) {
            fail(process.name() + " stands for " + election + " while its listeners still handle its own term");
        }
        Course course = courses.get(election);
        course.attempts++;
        mostAttempts = Math.max(mostAttempts, course.attempts);
        course.absence.attempted();
    }

    private void checkRenewal(SimulatedProcess process, TermKey term) {
        if (memberOf(process, term.election()).leadingToken() != term.token()) {
            fail(process.name() + " renews " + term + " without leading in it");
        }
    }

    private static Member memberOf(SimulatedProcess process, String election) {
        for (Member member : process.members()) {
            if (member.election().equals(election)) {
                return member;
            }
        }
        throw new IllegalArgumentException(election);
    }

    /** A term was opened in the table. */
    void opened(SimulatedProcess process, AcquireRequest request, ElectionVersion before, long token) {
        Course course = courses.get(request.election());
        ElectionVersion observed = request.observed();
        if (!before.equals(new ElectionVersion(
                observed.incarnation(),
                observed.rowPresent(),
                observed.token(),
                observed.renewal(),
                observed.openTerm()))) {
            fail(process.name() + " acquired with " + request.observed() + " although the table shows " + before);
        }
        if (token <= course.highestToken) {
            fail("token " + token + " is not larger than " + course.highestToken + " of " + request.election());
        }
        terms++;
        course.attempts = 0;
        course.highestToken = Math.max(course.highestToken, token);
        course.openers.put(token, memberOf(process, request.election()));
        course.absence.touched();
        world.takeSnapshot();
    }

    void touched(String election) {
        courses.get(election).absence.touched();
    }

    void vacated(TermKey term) {
        Member opener = opener(term.election(), term.token());
        if (opener != null && !opener.process().time().dead() && opener.told() == term.token()) {
            fail(term + " is vacant although its holder was not told");
        }
        courses.get(term.election()).absence.vacated();
        world.takeSnapshot();
    }

    long highestToken(String election) {
        return courses.get(election).highestToken;
    }

    @Nullable
    Member opener(String election, long token) {
        return courses.get(election).openers.get(token);
    }

    /** A candidate was told the loss of its own term: that must have a cause. */
    void lostOwn(Member member, long token, LossReason reason) {
        Profile profile = world.profile();
        boolean edited = profile.forgets() || profile.has(Fault.DELETE_LEASE) || profile.has(Fault.DELETE_ALL);
        boolean superseded = highestToken(member.election()) > token;
        if (reason == LossReason.SUPERSEDED && !superseded && !edited) {
            member.fail("told that term " + token + " was superseded, but there is no later one");
        }
        if (reason == LossReason.TERM_MISSING && !edited) {
            member.fail("told that the row of term " + token + " is missing, but it is not");
        }
        if (profile.calm() && !reason.voluntary()) {
            member.fail("lost term " + token + " without a fault: " + reason);
        }
    }

    /** A follower was told that a term is over. If it is said to have run out, its holder must know. */
    void lostOther(Member follower, long token, LossReason reason) {
        Member holder = opener(follower.election(), token);
        boolean established = reason == LossReason.EXPIRED || reason.voluntary();
        if (established
                && holder != null
                && !world.profile().has(Fault.DELETE_ALL)
                && !holder.process().time().dead()
                && holder.leadingToken() == token
                && holder.isLeader()) {
            follower.fail("told that term " + token + " is over (" + reason + ") while " + holder + " still leads");
        }
    }

    /** At the end of a run, long after the last fault: one leader that all know, and nobody stands any more. */
    void settled() {
        for (int i = 0; i < world.elections().size(); i++) {
            String election = world.elections().get(i);
            int number = i;
            List<Member> members =
                    world.processes().stream().map(p -> p.member(number)).toList();
            List<Member> leaders = members.stream().filter(Member::isLeader).toList();
            if (leaders.size() != 1) {
                fail(election + " has " + leaders.size() + " leaders long after the last fault");
                return;
            }
            long token = leaders.get(0).leadingToken();
            for (Member member : members) {
                if (member.told() != token) {
                    member.fail("told of " + member.told() + " while " + leaders.get(0) + " leads in " + token);
                }
            }
            if (courses.get(election).absence.attemptedLately()) {
                fail(election + ": somebody stands although there is a leader");
            }
        }
    }
}
