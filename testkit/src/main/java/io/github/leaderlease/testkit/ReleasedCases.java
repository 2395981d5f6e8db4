package io.github.leaderlease.testkit;

import static io.github.leaderlease.testkit.ContractBench.lease;
import static io.github.leaderlease.testkit.ContractBench.openTerm;
import static io.github.leaderlease.testkit.ContractBench.request;
import static io.github.leaderlease.testkit.ContractBench.version;
import static io.github.leaderlease.testkit.ContractBench.win;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.spi.ElectionVersion;
import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.LeaseStore.SucceedingTerm;
import io.github.leaderlease.spi.ReadResult;
import io.github.leaderlease.spi.TermKey;
import io.github.leaderlease.testkit.StoreTables.Table;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** An attempt on the word of another that the lease was released. */
final class ReleasedCases {

    private static final String JOB = "job";

    private ReleasedCases() {}

    /** However often it was renewed since it was observed. */
    static void followsOnAReleasedTerm(ContractBench bench) {
        LeaseStore store = bench.store();
        TermKey a = win(store, JOB, "a");
        ElectionVersion held = version(store, JOB);
        store.renew(List.of(a));
        store.renew(List.of(a));
        store.release(a, "STEPPED_DOWN");
        Optional<SucceedingTerm> won = bench.store().acquireReleased(request(JOB, held, "b", 0));
        assertThat(won).isPresent();
        long token = won.get().token();
        assertThat(token).isGreaterThan(a.token());
        assertThat(won.get().endReason()).isEqualTo("STEPPED_DOWN");
        ReadResult.Lease lease = lease(store, JOB);
        assertThat(lease)
                .isEqualTo(new ReadResult.Lease(token, 0, "b", ContractBench.TTL, held.incarnation(), lease.age()));
        assertThat(lease.age()).isBetween(Duration.ZERO, Duration.ofMinutes(1));
        assertThat(openTerm(store, JOB))
                .extracting(ReadResult.Term::token, ReadResult.Term::holderId, ReadResult.Term::nodeName)
                .containsExactly(token, "b", "node-b");
        assertThat(bench.tables().rows(Table.TERM)).hasSize(2);
        assertRefused(bench, store, held);
    }

    static void goesBeyondTheHighestTokenEverSeen(ContractBench bench) {
        LeaseStore store = bench.store();
        TermKey a = win(store, JOB, "a");
        ElectionVersion held = version(store, JOB);
        store.release(a, "RESIGNED");
        long highest = a.token() + 1_000_000_000_000L;
        assertThat(store.acquireReleased(request(JOB, held, "b", highest)))
                .contains(new SucceedingTerm(highest + 1, "RESIGNED"));
    }

    static void refusesWhatWasNotReleased(ContractBench bench) {
        LeaseStore store = bench.store();
        assertRefused(bench, store, version(store, JOB));
        TermKey a = win(store, JOB, "a");
        ElectionVersion held = version(store, JOB);
        assertRefused(bench, store, held);
        store.renew(List.of(a));
        assertRefused(bench, store, held);
        TermKey b = win(store, JOB, "b");
        assertRefused(bench, store, held);
        store.release(b, "RESIGNED");
        assertRefused(bench, store, held);
    }

    static void refusesAnotherLifeOrTerm(ContractBench bench) {
        LeaseStore store = bench.store();
        TermKey a = win(store, JOB, "a");
        String life = version(store, JOB).incarnation();
        store.release(a, "RESIGNED");
        assertRefused(bench, store, new ElectionVersion("another life", true, a.token(), 0, a.token()));
        assertRefused(bench, store, new ElectionVersion(life, true, a.token() - 1, 0, a.token() - 1));
        assertRefused(bench, store, new ElectionVersion(life, true, a.token() + 1, 0, a.token() + 1));
    }

    /** What came after the release may have been lost in a failover, and its leader may be at work. */
    static void refusesWhatOutlivedAFailover(ContractBench bench) {
        LeaseStore store = bench.store();
        TermKey a = win(store, JOB, "a");
        bench.tables().outlive(JOB);
        ElectionVersion held = version(store, JOB);
        store.release(a, "RESIGNED");
        assertRefused(bench, store, held);
    }

    static void refusesWhatWasDeleted(ContractBench bench) {
        LeaseStore store = bench.store();
        TermKey a = win(store, JOB, "a");
        ElectionVersion held = version(store, JOB);
        store.release(a, "RESIGNED");
        bench.tables().delete(Table.TERM, JOB);
        assertRefused(bench, store, held);
        bench.tables().insertOpenTerm(JOB, a.token() + 1);
        assertRefused(bench, store, held);
        bench.tables().delete(Table.LEASE, JOB);
        assertRefused(bench, store, held);
        bench.tables().clear();
        assertRefused(bench, store, held);
    }

    private static void assertRefused(ContractBench bench, LeaseStore store, ElectionVersion observed) {
        List<String> before = bench.everything();
        assertThat(store.acquireReleased(request(JOB, observed, "c", 0)))
                .as("acquire what was released after %s", observed)
                .isEmpty();
        assertThat(bench.everything()).as("after a refused attempt").isEqualTo(before);
    }
}
