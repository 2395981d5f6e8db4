package io.github.leaderlease.testkit;

import static io.github.leaderlease.testkit.ContractBench.lease;
import static io.github.leaderlease.testkit.ContractBench.look;
import static io.github.leaderlease.testkit.ContractBench.openTerm;
import static io.github.leaderlease.testkit.ContractBench.request;
import static io.github.leaderlease.testkit.ContractBench.version;
import static io.github.leaderlease.testkit.ContractBench.win;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.leaderlease.spi.ElectionVersion;
import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.ReadResult;
import io.github.leaderlease.spi.TermKey;
import io.github.leaderlease.testkit.StoreTables.Table;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/** The compare-and-set of acquiring, and the tokens. */
final class AcquireCases {

    private static final String JOB = "job";

    private AcquireCases() {}

    static void opensATermAndTakesTheRow(ContractBench bench) {
        LeaseStore store = bench.store();
        TermKey won = win(store, JOB, "a");
        String life = version(store, JOB).incarnation();
        ReadResult.Lease lease = lease(store, JOB);
        assertThat(lease)
                .isEqualTo(new ReadResult.Lease(won.token(), 0, "a", null, ContractBench.TTL, life, lease.age()));
        assertThat(lease.age()).isBetween(Duration.ZERO, Duration.ofMinutes(1));
        ReadResult.Term open = openTerm(store, JOB);
        assertThat(open)
                .isEqualTo(new ReadResult.Term(
                        won.token(), "a", "node-a", "http://a", ContractBench.TTL, open.startedAt()));
    }

    static void refusesWhatIsNotAsObserved(ContractBench bench) {
        LeaseStore store = bench.store();
        ElectionVersion none = version(store, JOB);
        TermKey a = win(store, JOB, "a");
        ElectionVersion seen = version(store, JOB);
        assertRefused(bench, store, none);
        assertRefused(bench, store, new ElectionVersion(seen.incarnation(), true, seen.token(), 7, seen.openTerm()));
        assertRefused(bench, store, new ElectionVersion(seen.incarnation(), true, a.token() - 1, 0, seen.openTerm()));
        assertRefused(bench, store, new ElectionVersion(seen.incarnation(), true, a.token(), 0, a.token() - 1));
        assertRefused(bench, store, new ElectionVersion(seen.incarnation(), true, a.token(), 0, 0));
        assertRefused(bench, store, new ElectionVersion("another life", true, a.token(), 0, a.token()));
        assertRefused(bench, store, new ElectionVersion(seen.incarnation(), false, 0, 0, a.token()));
        store.renew(List.of(a));
        assertRefused(bench, store, seen);
        store.release(a, "RESIGNED");
        assertRefused(bench, store, seen);
    }

    private static void assertRefused(ContractBench bench, LeaseStore store, ElectionVersion observed) {
        List<String> before = bench.everything();
        assertThat(store.acquire(request(JOB, observed, "b", 0)))
                .as("acquire with %s", observed)
                .isEmpty();
        assertThat(bench.everything()).as("after a refused attempt").isEqualTo(before);
    }

    static void refusesAnotherLifeOfAVacantRow(ContractBench bench) {
        LeaseStore store = bench.store();
        ElectionVersion none = version(store, JOB);
        assertRefused(bench, store, new ElectionVersion("another life", false, 0, 0, 0));
        assertThat(bench.everything()).isEmpty();
        store.release(win(store, JOB, "a"), "CLOSED");
        ElectionVersion vacant = version(store, JOB);
        assertRefused(
                bench,
                store,
                new ElectionVersion("another life", true, vacant.token(), vacant.renewal(), vacant.openTerm()));
        assertRefused(bench, store, none);
    }

    static void refusesToInsertAfterHavingSeenARow(ContractBench bench) {
        LeaseStore store = bench.store();
        win(store, JOB, "a");
        ElectionVersion withRow = version(store, JOB);
        bench.tables().delete(Table.LEASE, JOB);
        assertRefused(bench, store, withRow);
        bench.tables().delete(Table.TERM, JOB);
        assertRefused(bench, store, withRow);
        assertRefused(bench, store, new ElectionVersion(withRow.incarnation(), true, withRow.token(), 0, 0));
    }

    static void takesOverWhenTheRowIsGoneButATermIsOpen(ContractBench bench) {
        LeaseStore store = bench.store();
        TermKey a = win(store, JOB, "a");
        bench.tables().delete(Table.LEASE, JOB);
        ReadResult.Election seen = look(store, JOB);
        assertThat(seen.lease()).isNull();
        assertThat(seen.openTerm()).isNotNull();
        TermKey b = win(store, JOB, "b");
        assertThat(b.token()).isGreaterThan(a.token());
        assertThat(bench.tables().rows(Table.TERM)).hasSize(2);
    }

    static void refusesTheSameAttemptTwice(ContractBench bench) {
        LeaseStore store = bench.store();
        LeaseStore again = bench.store();
        ElectionVersion none = version(store, JOB);
        OptionalLong unheard = store.acquire(request(JOB, none, "a", 0));
        assertThat(unheard).isPresent();
        List<String> before = bench.everything();
        assertThat(again.acquire(request(JOB, none, "a", 0)))
                .as("the same attempt once more")
                .isEmpty();
        assertThat(bench.everything()).isEqualTo(before);
        assertThat(openTerm(again, JOB))
                .extracting(ReadResult.Term::token, ReadResult.Term::holderId)
                .containsExactly(unheard.getAsLong(), "a");
        assertThat(win(again, JOB, "a").token()).as("won over its own row").isGreaterThan(unheard.getAsLong());
    }

    static void refusesASecondOpenTerm(ContractBench bench) {
        TermKey a = win(bench.store(), JOB, "a");
        List<String> before = bench.everything();
        assertThatThrownBy(() -> bench.tables().insertOpenTerm(JOB, a.token() + 1))
                .as("a second open term")
                .isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> bench.tables().insertOpenTerm(JOB, a.token()))
                .as("the same token twice")
                .isInstanceOf(RuntimeException.class);
        assertThat(bench.everything()).isEqualTo(before);
    }

    static void startsTokensAtTheDatabasesClock(ContractBench bench) {
        LeaseStore store = bench.store();
        TermKey a = win(store, JOB, "a");
        assertThat(openTerm(store, JOB).startedAt().toEpochMilli())
                .as("start of the term, and its token")
                .isBetween(a.token() - 1000, a.token() + 60_000);
    }

    static void goesBeyondTheHighestTokenEverSeen(ContractBench bench) {
        LeaseStore store = bench.store();
        long highest = win(store, JOB, "a").token() + 1_000_000_000_000L;
        OptionalLong token = store.acquire(request(JOB, version(store, JOB), "b", highest));
        assertThat(token).hasValue(highest + 1);
        bench.tables().clear();
        assertThat(store.acquire(request(JOB, version(store, JOB), "b", highest + 1)))
                .hasValue(highest + 2);
        bench.tables().delete(Table.LEASE, JOB);
        assertThat(win(store, JOB, "c").token())
                .as("without the row, the newest term counts")
                .isEqualTo(highest + 3);
    }

    static void givesGrowingTokensThroughAllOperations(ContractBench bench) {
        LeaseStore store = bench.store();
        long highest = 0;
        for (int i = 0; i < 200; i++) {
            OptionalLong token = store.acquire(request(JOB, version(store, JOB), "holder" + i % 3, highest));
            assertThat(token).as("attempt %d", i).isPresent();
            assertThat(token.getAsLong()).as("attempt %d", i).isGreaterThan(highest);
            highest = token.getAsLong();
            TermKey term = new TermKey(JOB, highest, "holder" + i % 3);
            switch (i % 5) {
                case 0 -> store.release(term, "RESIGNED");
                case 1 -> store.renew(List.of(term));
                case 2 -> bench.tables().delete(Table.LEASE, JOB);
                case 3 -> bench.tables().clear();
                default -> store.renewOne(term);
            }
        }
    }

    static void refusesNamesThatCouldBeMixedUp(ContractBench bench) {
        LeaseStore store = bench.store();
        ElectionVersion none = version(store, JOB);
        for (String name : List.of("job ", " job", "jób", "jo\nb", "job\n", "job'", "", "-job", "j".repeat(191))) {
            assertThatThrownBy(() -> store.acquire(request(name, none, "a", 0)))
                    .as("election '%s'", name)
                    .isInstanceOf(LeaseStoreException.class);
            assertThat(bench.everything()).isEmpty();
        }
        assertThat(win(store, "j".repeat(190), "a").token()).isPositive();
    }

    static void holdsNamesThatDifferByCaseForDifferent(ContractBench bench) {
        LeaseStore store = bench.store();
        TermKey upper = win(store, "Job", "a");
        assertThat(version(store, "job").rowPresent()).isFalse();
        TermKey lower = win(store, "job", "b");
        assertThat(store.renew(List.of(upper, lower))).containsOnlyKeys("Job", "job");
        store.release(lower, "RESIGNED");
        assertThat(look(store, "Job").openTerm()).isNotNull();
        assertThat(look(store, "job").openTerm()).isNull();
    }
}
