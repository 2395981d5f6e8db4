package io.github.leaderlease.testkit;

import static io.github.leaderlease.testkit.ContractBench.attempt;
import static io.github.leaderlease.testkit.ContractBench.lease;
import static io.github.leaderlease.testkit.ContractBench.look;
import static io.github.leaderlease.testkit.ContractBench.openTerm;
import static io.github.leaderlease.testkit.ContractBench.request;
import static io.github.leaderlease.testkit.ContractBench.version;
import static io.github.leaderlease.testkit.ContractBench.win;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.spi.ElectionVersion;
import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.LeaseStore.AcquireRequest;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import io.github.leaderlease.spi.ReadResult;
import io.github.leaderlease.spi.TermKey;
import io.github.leaderlease.testkit.StoreTables.Table;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;

/** Several candidates at the same time, or one that is stuck. */
final class RaceCases {

    private static final int CANDIDATES = 16;
    private static final int ROUNDS = 200;
    private static final int RELEASES = 100;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
    private static final String JOB = "job";

    private RaceCases() {}

    /** All take over the same row in each round; odd rounds find it held, even rounds vacant. */
    static void oneOfManyTakesOver(ContractBench bench) throws Exception {
        List<LeaseStore> stores =
                IntStream.range(0, CANDIDATES).mapToObj(i -> bench.store()).toList();
        TermKey before = win(stores.get(0), JOB, "first");
        try (Crew crew = new Crew(CANDIDATES)) {
            for (int round = 0; round < ROUNDS; round++) {
                if (round % 2 == 0) {
                    assertThat(stores.get(0).release(before, "RESIGNED")).isTrue();
                }
                TermKey winner = round(crew, stores, JOB, round);
                assertThat(winner.token()).as("round %d", round).isGreaterThan(before.token());
                before = winner;
            }
        }
        assertThat(bench.tables().rows(Table.TERM)).as("one term a round").hasSize(ROUNDS + 1);
        assertThat(bench.tables().rows(Table.LEASE)).hasSize(1);
    }

    /** Nobody ever stood for these. */
    static void oneOfManyWinsANewElection(ContractBench bench) throws Exception {
        List<LeaseStore> stores =
                IntStream.range(0, CANDIDATES).mapToObj(i -> bench.store()).toList();
        int elections = ROUNDS / 4;
        try (Crew crew = new Crew(CANDIDATES)) {
            for (int i = 0; i < elections; i++) {
                round(crew, stores, "job-" + i, i);
            }
        }
        assertThat(bench.tables().rows(Table.TERM)).hasSize(elections);
        assertThat(bench.tables().rows(Table.LEASE)).hasSize(elections);
    }

    /** All have seen it held and are told that it was released; in every third round it was not. */
    static void oneOfManyFollowsOnAReleasedTerm(ContractBench bench) throws Exception {
        List<LeaseStore> stores =
                IntStream.range(0, CANDIDATES).mapToObj(i -> bench.store()).toList();
        TermKey before = win(stores.get(0), JOB, "first");
        int terms = 1;
        try (Crew crew = new Crew(CANDIDATES)) {
            for (int round = 0; round < ROUNDS; round++) {
                ElectionVersion held = version(stores.get(0), JOB);
                boolean released = round % 3 != 0;
                if (released) {
                    assertThat(stores.get(0).release(before, "RESIGNED")).isTrue();
                    terms++;
                }
                List<Callable<OptionalLong>> attempts = new ArrayList<>();
                for (int i = 0; i < stores.size(); i++) {
                    LeaseStore store = stores.get(i);
                    AcquireRequest request = request(JOB, held.released(), "holder" + i, 0);
                    attempts.add(() -> attempt(() -> store.acquire(request)));
                }
                List<OptionalLong> tokens = crew.together(attempts);
                if (released) {
                    before = winner(stores.get(0), JOB, tokens, round);
                } else {
                    assertThat(tokens).as("round %d", round).allMatch(OptionalLong::isEmpty);
                }
            }
        }
        assertThat(bench.tables().rows(Table.TERM)).hasSize(terms);
    }

    private static TermKey round(Crew crew, List<LeaseStore> stores, String election, int round) throws Exception {
        List<Callable<OptionalLong>> attempts = new ArrayList<>();
        for (int i = 0; i < stores.size(); i++) {
            LeaseStore store = stores.get(i);
            AcquireRequest request = request(election, version(store, election), "holder" + i, 0);
            attempts.add(() -> attempt(() -> store.acquire(request)));
        }
        return winner(stores.get(0), election, crew.together(attempts), round);
    }

    /** The only one, of holders that are called by their place. */
    private static TermKey winner(LeaseStore store, String election, List<OptionalLong> tokens, int round) {
        List<TermKey> winners = IntStream.range(0, tokens.size())
                .filter(i -> tokens.get(i).isPresent())
                .mapToObj(i -> new TermKey(election, tokens.get(i).getAsLong(), "holder" + i))
                .toList();
        assertThat(winners).as("winners of round %d", round).hasSize(1);
        TermKey winner = winners.get(0);
        assertThat(openTerm(store, election))
                .as("open term after round %d", round)
                .extracting(ReadResult.Term::token, ReadResult.Term::holderId)
                .containsExactly(winner.token(), winner.holderId());
        assertThat(lease(store, election))
                .as("lease after round %d", round)
                .extracting(ReadResult.Lease::token, ReadResult.Lease::holderId, ReadResult.Lease::renewal)
                .containsExactly(winner.token(), winner.holderId(), 0L);
        return winner;
    }

    static void releaseBeatsRenewal(ContractBench bench) throws Exception {
        LeaseStore renewing = bench.store();
        LeaseStore releasing = bench.store();
        try (Crew crew = new Crew(2)) {
            for (int i = 0; i < RELEASES; i++) {
                TermKey term = win(releasing, JOB, "a");
                boolean singly = i % 2 == 0;
                List<Object> answers = crew.<Object>together(List.of(
                        () -> releasing.release(term, "RESIGNED"),
                        () -> singly ? renewedOrLocked(renewing, term) : renewing.renew(List.of(term))));
                assertThat(answers.get(0)).as("release %d", i).isEqualTo(true);
                assertThat(look(renewing, JOB).openTerm())
                        .as("open term after release %d", i)
                        .isNull();
                assertThat(lease(renewing, JOB).holderId())
                        .as("holder after release %d", i)
                        .isNull();
            }
        }
    }

    /** A row that the release has locked just then is not waited for. */
    private static Object renewedOrLocked(LeaseStore store, TermKey term) {
        try {
            return store.renewOne(term);
        } catch (LeaseStoreException e) {
            assertThat(e.failure()).isEqualTo(Failure.BLOCKED);
            return e;
        }
    }

    /** Another candidate stands still in the middle of its own attempt, having touched the given row. */
    static void waitsForAFrozenCandidateOnlyWithinBounds(ContractBench bench, Table touched) throws Exception {
        LeaseStore store = bench.store();
        LeaseStore healthy = bench.store();
        TermKey held = win(store, JOB, "a");
        TermKey other = win(store, "other", "a");
        AcquireRequest request = request(JOB, version(store, JOB), "b", 0);
        try (Crew crew = new Crew(1);
                StoreTables.Hold frozen = bench.tables().hold(touched, JOB)) {
            CountDownLatch begun = new CountDownLatch(1);
            Future<OptionalLong> attempt = crew.begin(() -> {
                begun.countDown();
                return attempt(() -> store.acquire(request));
            });
            assertThat(begun.await(LONGEST_WAIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(healthy.renew(List.of(other)))
                    .as("others, while %s", frozen)
                    .containsKey("other");
            assertThat(Crew.answer(attempt)).as("attempt on a locked row").isEmpty();
        }
        assertThat(version(healthy, JOB)).as("nothing has changed").isEqualTo(request.observed());
        assertThat(store.acquire(request)).as("the same attempt afterwards").isPresent();
        assertThat(healthy.renew(List.of(held))).as("the former holder").isEmpty();
    }

    /** Threads that begin at the same moment. */
    static final class Crew implements AutoCloseable {
        private final ExecutorService threads;
        private final CyclicBarrier start;

        Crew(int size) {
            threads = Executors.newFixedThreadPool(size);
            start = new CyclicBarrier(size);
        }

        <T> List<T> together(List<Callable<T>> work) throws Exception {
            List<Future<T>> futures = new ArrayList<>();
            for (Callable<T> each : work) {
                futures.add(threads.submit(() -> {
                    start.await(LONGEST_WAIT.toSeconds(), TimeUnit.SECONDS);
                    return each.call();
                }));
            }
            List<T> answers = new ArrayList<>();
            for (Future<T> future : futures) {
                answers.add(answer(future));
            }
            return answers;
        }

        <T> Future<T> begin(Callable<T> work) {
            return threads.submit(work);
        }

        static <T> T answer(Future<T> future) throws InterruptedException, ExecutionException, TimeoutException {
            return future.get(LONGEST_WAIT.toSeconds(), TimeUnit.SECONDS);
        }

        @Override
        public void close() {
            threads.shutdownNow();
        }
    }
}
