package io.github.leaderlease.testkit;

import static io.github.leaderlease.testkit.ContractBench.entry;
import static io.github.leaderlease.testkit.ContractBench.look;
import static io.github.leaderlease.testkit.ContractBench.openTerm;
import static io.github.leaderlease.testkit.ContractBench.win;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.spi.ElectionVersion;
import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.LeaseStore.ReadRequest;
import io.github.leaderlease.spi.LeaseStore.ReleaseRequest;
import io.github.leaderlease.spi.ReadResult;
import io.github.leaderlease.spi.TermKey;
import io.github.leaderlease.testkit.StoreTables.Hold;
import io.github.leaderlease.testkit.StoreTables.Table;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Many releases in one call. A store need not be able to do that, but it must not tell of one that has not happened. */
final class ManyReleasesCases {

    private static final int MANY = 120;

    private ManyReleasesCases() {}

    private static List<TermKey> terms(LeaseStore store) {
        return IntStream.range(0, MANY)
                .mapToObj(i -> win(store, "job-" + i, "a"))
                .toList();
    }

    private static String reason(TermKey term) {
        return term.election().endsWith("7") ? "STEPPED_DOWN" : "CLOSED";
    }

    private static List<ReleaseRequest> requests(List<TermKey> terms) {
        return terms.stream()
                .map(term -> new ReleaseRequest(term, reason(term), null))
                .toList();
    }

    static void endsEachAsIfAlone(ContractBench bench) {
        LeaseStore store = bench.store();
        List<TermKey> terms = terms(store);
        TermKey bystander = win(store, "bystander", "a");
        Set<String> released = store.release(requests(terms));
        assertThat(released.size()).as("all at once, or none").isIn(0, MANY);
        for (TermKey term : terms) {
            ReadResult.Election seen = look(store, term.election(), term.token());
            boolean done = released.contains(term.election());
            assertThat(seen.openTerm() == null).as("%s has ended", term).isEqualTo(done);
            assertThat(seen.endReason()).as("why %s has ended", term).isEqualTo(done ? reason(term) : null);
            assertThat(seen.lease())
                    .as("lease of %s", term)
                    .extracting("token", "holderId", "renewal")
                    .containsExactly(term.token(), done ? null : "a", done ? ElectionVersion.VACANT : 0L);
        }
        assertThat(openTerm(store, "bystander").token()).isEqualTo(bystander.token());
        List<String> rows = bench.everything();
        Set<String> again = store.release(requests(terms));
        if (!released.isEmpty()) {
            assertThat(again).as("released twice").isEmpty();
            assertThat(bench.everything()).as("after the same releases again").isEqualTo(rows);
            assertThat(win(store, "job-0", "b").token())
                    .isGreaterThan(terms.get(0).token());
        }
    }

    static void leavesAloneWhatIsNotItsOwnOrHeld(ContractBench bench) {
        LeaseStore store = bench.store();
        TermKey termHeld = win(store, "term-held", "a");
        TermKey leaseHeld = win(store, "lease-held", "a");
        TermKey gone = win(store, "taken-over", "a");
        TermKey successor = win(store, "taken-over", "b");
        TermKey free = win(store, "free", "a");
        TermKey stranger = new TermKey("foreign", win(store, "foreign", "b").token(), "a");
        Set<String> released;
        try (Hold term = bench.tables().hold(Table.TERM, "term-held");
                Hold lease = bench.tables().hold(Table.LEASE, "lease-held")) {
            assertThat(List.of(term, lease)).hasSize(2);
            released = store.release(requests(List.of(termHeld, leaseHeld, gone, stranger, free)));
        }
        assertThat(released).isSubsetOf("free");
        for (TermKey untouched : List.of(termHeld, leaseHeld, successor)) {
            assertThat(openTerm(store, untouched.election()).token())
                    .as("open term of %s", untouched.election())
                    .isEqualTo(untouched.token());
        }
        assertThat(openTerm(store, "foreign").holderId()).isEqualTo("b");
        assertThat(look(store, "free").openTerm() == null).isEqualTo(released.contains("free"));
        assertThat(store.release(termHeld, "CLOSED")).as("singly, later").isTrue();
        assertThat(store.release(leaseHeld, "CLOSED")).as("singly, later").isTrue();
    }

    static void readTellsWhyEachHasEnded(ContractBench bench) {
        LeaseStore store = bench.store();
        List<TermKey> terms = terms(store);
        terms.stream()
                .filter(term -> !term.election().endsWith("3"))
                .forEach(term -> store.release(term, reason(term)));
        terms.stream().filter(term -> term.election().endsWith("5")).forEach(term -> win(store, term.election(), "b"));
        ReadResult reading = store.read(terms.stream()
                .map(term -> new ReadRequest(term.election(), null, term.token()))
                .toList());
        for (TermKey term : terms) {
            String reason = term.election().endsWith("3") ? null : reason(term);
            assertThat(entry(reading, term.election()).endReason())
                    .as("%s", term)
                    .isEqualTo(reason);
        }
    }
}
