package io.github.leaderlease;

import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.PresenceStore.Heir;
import io.github.leaderlease.spi.PresenceStore.Node;
import io.github.leaderlease.testkit.VirtualScheduler;
import io.github.leaderlease.testkit.VirtualTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A node in an {@link ErrorRun}: a real engine, candidates with a listener and a job, and what is wrong with them. */
final class ErrorNode {

    private static final Duration EVENT = Duration.ofMillis(1);
    private static final Timing TIMING = new Timing(ErrorRun.TTL, ErrorRun.TTL.dividedBy(2), Duration.ofSeconds(2));

    private final String name;
    private final VirtualScheduler time;
    private final Engine engine;
    private final Map<String, Member> members = new HashMap<>();

    ErrorNode(String name, VirtualTime world, LeaseStore store, RandomGenerator random) {
        this.name = name;
        this.time = world.node(new VirtualScheduler.Clocks(0, 1, 1_700_000_000_000L, 1));
        Bomb.pause(true);
        this.engine = new Engine(
                time,
                new ErrorRun.Calls(world, time, store),
                random,
                new Silent(),
                true,
                new Node(name, name, null, Presence.TTL));
        for (String election : ErrorRun.ELECTIONS) {
            members.put(election, new Member(election));
        }
        Bomb.pause(false);
    }

    void start(String election) {
        ErrorRun.twice(() -> engine.add(member(election).candidate));
    }

    void resign(String election, CompletableFuture<Void> done) {
        engine.run(() -> member(election).candidate.requests().resign(done));
    }

    void suspend(String election, CompletableFuture<Void> done) {
        Requests requests = member(election).candidate.requests();
        requests.suspend(true);
        engine.run(() -> requests.suspended(done));
    }

    void resume(String election) {
        Requests requests = member(election).candidate.requests();
        requests.suspend(false);
        engine.run(requests::resumed);
    }

    /** As LeaseCoordinator.transfer does. */
    void transfer(String election, String to, CompletableFuture<Leader> result) {
        Candidate candidate = member(election).candidate;
        engine.run(() -> candidate.requests().transferring(to, result));
        engine.run(() -> candidate.requests().transfer(to, new Heir(to, to, 0), result));
    }

    void close(String election) {
        ErrorRun.twice(() -> engine.run(member(election).candidate::close));
    }

    boolean leads(String election) {
        return member(election).candidate.knowledge().isLeader();
    }

    boolean closed(String election) {
        return member(election).candidate.closed().isDone();
    }

    String show(String election) {
        Member member = member(election);
        return name + " " + member.candidate.state() + ", job of " + member.jobToken + ", told " + member.told;
    }

    @Nullable
    String complaint(String election, Duration soon) {
        return member(election).complaint(soon.toNanos());
    }

    private Member member(String election) {
        Member member = members.get(election);
        if (member == null) {
            throw new IllegalArgumentException(election);
        }
        return member;
    }

    /** One candidate with what its application sees. */
    private final class Member implements LeaderListener {
        private final String election;
        private final Candidate candidate;
        private long jobToken;
        private long told;
        private long jobWrongSince = -1;
        private long toldWrongSince = -1;
        private @Nullable String complaint;

        Member(String election) {
            this.election = election;
            Candidacy me = new Candidacy(
                    election,
                    name,
                    name,
                    name + election,
                    name.equals("b") ? 1 : 0,
                    Duration.ofHours(1),
                    null,
                    TIMING,
                    time,
                    HeldTerm.Fence.NONE);
            UserThreads threads = new UserThreads(
                    task -> time.schedule(EVENT, task), task -> time.schedule(EVENT, task), this::jobThread);
            this.candidate = new Candidate(
                    me, engine.host(), threads, new UserCode(List.of(this), leadership -> {}, false, () -> true));
        }

        /** A job that goes on until it is interrupted, and ends soon then. */
        private Thread jobThread(Runnable work, String threadName) {
            return new Thread(work, threadName) {
                private boolean works;
                private boolean dead;

                @Override
                public synchronized void start() {
                    works = true;
                    jobToken = candidate
                            .knowledge()
                            .leadership()
                            .map(Leadership::fencingToken)
                            .orElse(-1L);
                }

                @Override
                public void interrupt() {
                    if (works) {
                        works = false;
                        time.schedule(EVENT, () -> {
                            jobToken = 0;
                            dead = true;
                            work.run();
                        });
                    }
                }

                @Override
                public State getState() {
                    return dead ? State.TERMINATED : State.RUNNABLE;
                }
            };
        }

        /** What goes wrong in a listener is its own affair. */
        @Override
        public void onEvent(LeaderEvent event) {
            Bomb.pause(true);
            hear(event);
            Bomb.pause(false);
        }

        private void hear(LeaderEvent event) {
            if (event instanceof LeaderEvent.LeadershipAcquired acquired) {
                tell(acquired.leadership().fencingToken());
            } else if (event instanceof LeaderEvent.LeaderChanged changed) {
                tell(changed.leader().fencingToken());
            } else if (event instanceof LeaderEvent.LeadershipLost lost) {
                if (told != lost.term().fencingToken()) {
                    complaint = "told the loss of " + lost.term().fencingToken() + ", knew of " + told;
                }
                told = 0;
            }
        }

        private void tell(long token) {
            if (told != 0) {
                complaint = "told of " + token + " before the loss of " + told;
            }
            told = token;
        }

        @Nullable
        String complaint(long soon) {
            long leading = candidate
                    .knowledge()
                    .leadership()
                    .map(Leadership::fencingToken)
                    .orElse(0L);
            boolean drains = candidate.state().role() instanceof Role.Leading l && l.draining() != null;
            jobWrongSince = leading != 0 && !drains && jobToken != leading ? since(jobWrongSince) : -1;
            toldWrongSince = leading != 0 && told != leading ? since(toldWrongSince) : -1;
            if (complaint == null && jobWrongSince >= 0 && time.nanoTime() - jobWrongSince > soon) {
                complaint = "leads in " + leading + " without its job: " + show(election);
            }
            if (complaint == null && toldWrongSince >= 0 && time.nanoTime() - toldWrongSince > soon) {
                complaint = "leads in " + leading + " and its listener does not know: " + show(election);
            }
            return complaint == null ? null : name + " " + election + ": " + complaint;
        }

        private long since(long before) {
            return before >= 0 ? before : time.nanoTime();
        }
    }
}
