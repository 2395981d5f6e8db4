package io.github.leaderlease.testkit;

import static io.github.leaderlease.testkit.ContractBench.lease;
import static io.github.leaderlease.testkit.ContractBench.openTerm;
import static io.github.leaderlease.testkit.ContractBench.request;
import static io.github.leaderlease.testkit.ContractBench.version;
import static io.github.leaderlease.testkit.ContractBench.win;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.spi.ElectionVersion;
import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.LeaseStore.ReleaseRequest;
import io.github.leaderlease.spi.ReadResult;
import io.github.leaderlease.spi.TermKey;
import io.github.leaderlease.testkit.StoreTables.Table;
import java.util.List;

/** What an heir does: he attempts, on the word of another, what follows from what he has seen if the lease was released. */
final class HeirCases {

    private static final String JOB = "job";

    private HeirCases() {}

    /** However often it was renewed since it was observed. */
    static void followsOnAReleasedTerm(ContractBench bench) {
        LeaseStore store = bench.store();
        TermKey a = win(store, JOB, "a");
        ElectionVersion held = version(store, JOB);
        store.renew(List.of(a));
        store.renew(List.of(a));
        store.release(a, "STEPPED_DOWN");
        assertThat(version(store, JOB)).as("a vacant lease").isEqualTo(held.released());
        assertThat(bench.store().acquire(request(JOB, held.released(), "b", 0))).isPresent();
        ReadResult.Lease lease = lease(store, JOB);
        assertThat(lease.token()).isGreaterThan(a.token());
        assertThat(lease)
                .isEqualTo(new ReadResult.Lease(
                        lease.token(), 0, "b", null, ContractBench.TTL, held.incarnation(), lease.age()));
        assertThat(openTerm(store, JOB))
                .extracting(ReadResult.Term::token, ReadResult.Term::holderId, ReadResult.Term::nodeName)
                .containsExactly(lease.token(), "b", "node-b");
        assertThat(bench.tables().rows(Table.TERM)).hasSize(2);
        assertRefused(bench, store, held);
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

    static void refusesWhatWasDeleted(ContractBench bench) {
        LeaseStore store = bench.store();
        TermKey a = win(store, JOB, "a");
        ElectionVersion held = version(store, JOB);
        store.release(a, "RESIGNED");
        bench.tables().insertOpenTerm(JOB, a.token() + 1);
        assertRefused(bench, store, held);
        bench.tables().delete(Table.LEASE, JOB);
        assertRefused(bench, store, held);
        bench.tables().clear();
        assertRefused(bench, store, held);
    }

    private static void assertRefused(ContractBench bench, LeaseStore store, ElectionVersion observed) {
        List<String> before = bench.everything();
        assertThat(store.acquire(request(JOB, observed.released(), "c", 0)))
                .as("acquire what was released after %s", observed)
                .isEmpty();
        assertThat(bench.everything()).as("after a refused attempt").isEqualTo(before);
    }

    /** Released singly or with others; the next holder's row names nobody any more. */
    static void isNamedInTheVacantRow(ContractBench bench) {
        LeaseStore store = bench.store();
        TermKey one = win(store, "one", "a");
        assertThat(lease(store, "one").heir()).isNull();
        store.release(new ReleaseRequest(one, "RESIGNED", "node-1"));
        TermKey two = win(store, "two", "a");
        TermKey three = win(store, "three", "a");
        List<ReleaseRequest> both =
                List.of(new ReleaseRequest(two, "CLOSED", "node-2"), new ReleaseRequest(three, "CLOSED", null));
        if (store.release(both).isEmpty()) {
            both.forEach(store::release);
        }
        assertThat(lease(store, "one").heir()).isEqualTo("node-1");
        assertThat(lease(store, "two").heir()).isEqualTo("node-2");
        assertThat(lease(store, "three").heir()).isNull();
        win(store, "one", "b");
        assertThat(lease(store, "one").heir()).isNull();
    }
}
