package io.github.leaderlease.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.leaderlease.LeaderElection;
import io.github.leaderlease.LeaderEvent;
import io.github.leaderlease.Leadership;
import io.github.leaderlease.LeaseCoordinator;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * One node of the demo: an ordinary application that stands for election, and that reports all it is told on its standard
 * output. It ends when its standard input does, so that it never outlives the demo, however that ends.
 */
public final class NodeMain {

    /** What the demo says when all nodes are ready. */
    static final String GO = "go";

    /** What it says to a leader that is to begin its {@link LeaderWork}. */
    static final String WRITE = "write";

    /** What it says to a leader that is to end its {@link LeaderWork}. */
    static final String COMMIT = "commit";

    private static final int FAILED = 1;

    private final PrintStream reports;
    private final CountDownLatch go = new CountDownLatch(1);
    private final CompletableFuture<LeaderWork> work = new CompletableFuture<>();
    private volatile @Nullable Leadership lastWon;

    private NodeMain(PrintStream reports) {
        this.reports = reports;
    }

    /**
     * Runs until standard input ends.
     *
     * @param args none: the settings come through standard input
     * @throws IOException if standard input cannot be read
     * @throws InterruptedException if the main thread is interrupted, which nobody does
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        PrintStream reports = new PrintStream(System.out, true, UTF_8);
        System.setOut(System.err);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        new NodeMain(reports).run(NodeSettings.readFrom(in), in);
    }

    private void run(NodeSettings settings, BufferedReader in) throws InterruptedException {
        daemon("input", () -> obey(in));
        LeaderElection election;
        try {
            LeaseCoordinator coordinator = connect(settings);
            tell(new NodeReport.Ready(System.nanoTime(), ProcessHandle.current().pid()));
            go.await();
            election = coordinator
                    .election(NodeSettings.ELECTION)
                    .listener(this::report)
                    .start();
        } catch (RuntimeException e) {
            tell(new NodeReport.Trouble(System.nanoTime(), String.valueOf(e.getMessage())));
            Runtime.getRuntime().halt(FAILED);
            throw e;
        }
        work.complete(new LeaderWork(settings, election, this::tell));
        new LeaderSampler(election, this::tell).run();
    }

    private static LeaseCoordinator connect(NodeSettings settings) {
        DatabaseAddress database = settings.database();
        return LeaseCoordinator.builder(database.url(), database.user(), database.password())
                .nodeName(settings.node())
                .tablePrefix(settings.tablePrefix())
                .ttl(settings.ttl())
                .heartbeat(settings.heartbeat())
                .failFast(true)
                // Ctrl-C reaches the nodes too, and is not part of the play
                .closeOnShutdown(false)
                .build();
    }

    private void obey(BufferedReader in) {
        try {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                switch (line) {
                    case GO -> go.countDown();
                    case WRITE -> work.join().write();
                    case COMMIT -> work.join().commit();
                    default -> tell(new NodeReport.Trouble(System.nanoTime(), "what does '" + line + "' mean?"));
                }
            }
        } catch (IOException e) {
            tell(new NodeReport.Trouble(System.nanoTime(), "standard input failed: " + e.getMessage()));
        }
        Runtime.getRuntime().halt(0);
    }

    private void report(LeaderEvent event) {
        long now = System.nanoTime();
        if (event instanceof LeaderEvent.LeadershipAcquired won) {
            lastWon = won.leadership();
            boolean leading = won.leadership().isValid();
            tell(new NodeReport.Acquired(now, won.leadership().fencingToken(), leading));
        } else if (event instanceof LeaderEvent.LeaderChanged change) {
            tell(new NodeReport.Follows(
                    now, change.leader().fencingToken(), change.leader().node()));
        } else if (event instanceof LeaderEvent.LeadershipLost lost) {
            tell(lost(now, lost));
        } else if (event instanceof LeaderEvent.LeadershipAtRisk risk) {
            tell(new NodeReport.Trouble(
                    now, "a heartbeat failed: " + risk.cause().getMessage()));
        } else if (event instanceof LeaderEvent.CallFailed failed) {
            tell(new NodeReport.Trouble(
                    now, failed.operation() + " failed: " + failed.cause().getMessage()));
        }
    }

    private NodeReport lost(long now, LeaderEvent.LeadershipLost lost) {
        Leadership term = lastWon;
        boolean leading =
                lost.own() && term != null && term.fencingToken() == lost.term().fencingToken() && term.isValid();
        return new NodeReport.Lost(
                now,
                lost.term().fencingToken(),
                lost.term().node(),
                lost.reason().name(),
                lost.own(),
                leading);
    }

    private synchronized void tell(NodeReport report) {
        reports.println(ReportLine.format(report));
    }

    private static void daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }
}
