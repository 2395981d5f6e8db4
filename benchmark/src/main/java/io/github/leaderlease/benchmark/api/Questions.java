package io.github.leaderlease.benchmark.api;

import io.github.leaderlease.LeaderElection;
import io.github.leaderlease.LeaderEvent.LeadershipAcquired;
import io.github.leaderlease.Leadership;
import io.github.leaderlease.LeaseCoordinator;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The questions that an application may ask before each thing it does, and the clock readings that they consist of. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls lead() first
public class Questions {

    private TestDatabase database;
    private LeaseCoordinator coordinator;
    private LeaderElection election;
    private Leadership term;

    /** For JMH. */
    public Questions() {}

    /** The questions go to no database, so any will do. */
    @Setup
    public void lead() throws Exception {
        database = DatabaseUnderTest.H2_MEMORY.fresh();
        LeaseMigrations.migrate(database.dataSource());
        coordinator = LeaseCoordinator.builder(database.url(), database.user(), database.password())
                .build();
        CompletableFuture<Leadership> acquired = new CompletableFuture<>();
        election = coordinator
                .election("questions")
                .listener(event -> {
                    if (event instanceof LeadershipAcquired own) {
                        acquired.complete(own.leadership());
                    }
                })
                .start();
        term = acquired.get(30, TimeUnit.SECONDS);
    }

    /** Ends it. */
    @TearDown
    public void close() {
        coordinator.close();
        database.close();
    }

    /** What everything is compared with. */
    @Benchmark
    public long bothClocks() {
        return System.nanoTime() + System.currentTimeMillis();
    }

    /** One of the two. */
    @Benchmark
    public long monotonicClock() {
        return System.nanoTime();
    }

    /** Whether this node leads. */
    @Benchmark
    public boolean isLeader() {
        return election.isLeader();
    }

    /** Whether this term is still on. */
    @Benchmark
    public boolean isValid() {
        return term.isValid();
    }
}
