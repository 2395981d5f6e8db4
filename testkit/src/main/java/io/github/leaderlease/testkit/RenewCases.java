package io.github.leaderlease.testkit;

import static io.github.leaderlease.testkit.ContractBench.entry;
import static io.github.leaderlease.testkit.ContractBench.lease;
import static io.github.leaderlease.testkit.ContractBench.look;
import static io.github.leaderlease.testkit.ContractBench.version;
import static io.github.leaderlease.testkit.ContractBench.win;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.leaderlease.spi.ElectionVersion;
import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.LeaseStore.ReadRequest;
import io.github.leaderlease.spi.LeaseStore.RenewResult;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.ReadResult;
import io.github.leaderlease.spi.TermKey;
import io.github.leaderlease.testkit.StoreTables.Table;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Renewing, releasing and reading. */
final class RenewCases {

    private static final String JOB = "job";
    /** Above any limit on the length of a list in one statement that a store may have. */
    private static final int MANY = 1200;

    private RenewCases() {}

    static void countsRenewals(ContractBench bench) {
        LeaseStore store = bench.store();
        TermKey a = win(store, JOB, "a");
        assertThat(store.renew(List.of(a))).isEqualTo(Map.of(JOB, RenewResult.RENEWED));
        assertThat(store.renewOne(a)).isEqualTo(RenewResult.RENEWED);
        ReadResult.Lease lease = lease(store, JOB);
        assertThat(lease.renewal()).isEqualTo(2);
        assertThat(lease.token()).isEqualTo(a.token());
    }

    static void refusesAFormerHolder(ContractBench bench) {
        LeaseStore store = bench.store();
        TermKey former = win(store, JOB, "a");
        TermKey current = win(store, JOB, "b");
        assertNotRenewed(bench, store, former);
        assertNotRenewed(bench, store, new TermKey(JOB, current.token(), "a"));
        assertNotRenewed(bench, store, new TermKey(JOB, former.token(), "b"));
        store.release(current, "RESIGNED");
        assertNotRenewed(bench, store, current);
    }

    private static void assertNotRenewed(ContractBench bench, LeaseStore store, TermKey term) {
        List<String> before = bench.everything();
        assertThat(store.renew(List.of(term))).as("renewal by %s", term).isEmpty();
        assertThat(store.renewOne(term)).as("renewal by %s", term).isEqualTo(RenewResult.SUPERSEDED);
        assertThat(bench.everything()).as("after %s was refused", term).isEqualTo(before);
    }

    static void saysThatTheRowIsMissing(ContractBench bench) {
        LeaseStore store = bench.store();
        TermKey a = win(store, JOB, "a");
        bench.tables().delete(Table.LEASE, JOB);
        assertThat(store.renew(List.of(a))).isEmpty();
        assertThat(store.renewOne(a)).isEqualTo(RenewResult.MISSING);
        bench.tables().clear();
        assertThat(store.renewOne(a)).isEqualTo(RenewResult.MISSING);
        assertThat(store.release(a, "RESIGNED")).isFalse();
        assertThat(bench.everything()).isEmpty();
    }

    static void renewsManyAtOnce(ContractBench bench) {
        LeaseStore store = bench.store();
        List<TermKey> terms = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            terms.add(win(store, "job-" + i, "a"));
        }
        Map<String, RenewResult> answers = store.renew(terms);
        assertThat(answers)
                .hasSize(MANY)
                .allSatisfy((name, result) -> assertThat(result).as(name).isEqualTo(RenewResult.RENEWED));
        for (TermKey term : terms) {
            assertThat(version(store, term.election()).renewal())
                    .as(term.election())
                    .isEqualTo(1);
        }
    }

    static void tellsWhoIsAskedToStepDown(ContractBench bench) {
        LeaseStore store = bench.store();
        TermKey a = win(store, JOB, "a");
        bench.tables().askToStepDown(JOB, a.token() - 1);
        assertThat(store.renew(List.of(a))).containsEntry(JOB, RenewResult.RENEWED);
        bench.tables().askToStepDown(JOB, a.token());
        assertThat(store.renew(List.of(a))).containsEntry(JOB, RenewResult.STEP_DOWN_REQUESTED);
        TermKey b = win(store, JOB, "b");
        assertThat(store.renew(List.of(b)))
                .as("the request does not concern the next term")
                .containsEntry(JOB, RenewResult.RENEWED);
    }

    static void skipsALockedRowAndDelaysNobody(ContractBench bench) {
        LeaseStore store = bench.store();
        TermKey locked = win(store, "locked", "a");
        TermKey other = win(store, "other", "a");
        try (StoreTables.Hold hold = bench.tables().hold(Table.LEASE, "locked")) {
            assertThat(store.renew(List.of(locked, other)))
                    .as("while %s holds one row", hold)
                    .isEqualTo(Map.of("other", RenewResult.RENEWED));
        }
        assertThat(store.renew(List.of(locked, other))).containsOnlyKeys("locked", "other");
    }

    static void aLockedRowIsNotWaitedFor(ContractBench bench) {
        LeaseStore store = bench.store();
        TermKey a = win(store, JOB, "a");
        try (StoreTables.Hold hold = bench.tables().hold(Table.LEASE, JOB)) {
            assertThatThrownBy(() -> store.renewOne(a))
                    .as("while %s holds its row", hold)
                    .isInstanceOfSatisfying(
                            LeaseStoreException.class,
                            e -> assertThat(e.failure()).isEqualTo(LeaseStoreException.Failure.BLOCKED));
        }
        assertThat(store.renewOne(a)).isEqualTo(RenewResult.RENEWED);
    }

    /** After a restart of the server a session may have the name of one that was left behind before. */
    static void itsOwnSessionWasNotLeftBehind(ContractBench bench) {
        LeaseStore store = bench.store();
        store.leftBehind(store.session().stream().toList());
        TermKey a = win(store, JOB, "a");
        assertThat(store.renewOne(a)).isEqualTo(RenewResult.RENEWED);
        assertThat(store.release(a, "RESIGNED")).isTrue();
    }

    static void renewsWhileATermIsLocked(ContractBench bench) {
        LeaseStore store = bench.store();
        TermKey a = win(store, JOB, "a");
        try (StoreTables.Hold hold = bench.tables().hold(Table.TERM, JOB)) {
            assertThat(store.renew(List.of(a)))
                    .as("while %s holds the term", hold)
                    .containsKey(JOB);
            assertThat(store.renewOne(a)).isEqualTo(RenewResult.RENEWED);
        }
    }

    static void releasesOnce(ContractBench bench) {
        LeaseStore store = bench.store();
        TermKey a = win(store, JOB, "a");
        assertThat(store.release(a, "STEPPED_DOWN")).isTrue();
        ReadResult.Election seen = look(store, JOB, a.token());
        assertThat(seen.openTerm()).isNull();
        assertThat(seen.endReason()).isEqualTo("STEPPED_DOWN");
        ReadResult.Lease lease = lease(store, JOB);
        assertThat(lease.holderId()).isNull();
        assertThat(lease.token()).isEqualTo(a.token());
        assertThat(lease.renewal()).as("releasing is a change too").isEqualTo(ElectionVersion.VACANT);
        List<String> before = bench.everything();
        assertThat(store.release(a, "RESIGNED")).as("a second release").isFalse();
        assertThat(bench.everything()).isEqualTo(before);
    }

    static void refusesAReleaseByAFormerHolder(ContractBench bench) {
        LeaseStore store = bench.store();
        TermKey former = win(store, JOB, "a");
        TermKey current = win(store, JOB, "b");
        List<String> before = bench.everything();
        assertThat(store.release(former, "RESIGNED")).isFalse();
        assertThat(store.release(new TermKey(JOB, current.token(), "a"), "RESIGNED"))
                .isFalse();
        assertThat(bench.everything()).isEqualTo(before);
    }

    static void knowsNothingOfUnknownElections(ContractBench bench) {
        LeaseStore store = bench.store();
        ReadResult reading = store.read(Map.of("one", 0L, "two", 17L));
        assertThat(reading.incarnation()).isNotEmpty();
        assertThat(reading.elections())
                .isEqualTo(Map.of(
                        "one",
                        new ReadResult.Election(null, null, null),
                        "two",
                        new ReadResult.Election(null, null, null)));
    }

    static void readsManyAtOnce(ContractBench bench) {
        LeaseStore store = bench.store();
        Map<String, Long> asked = new HashMap<>();
        for (int i = 0; i < MANY; i++) {
            asked.put("job-" + i, 0L);
        }
        TermKey last = win(store, "job-" + (MANY - 1), "a");
        ReadResult reading = store.read(asked);
        assertThat(reading.elections()).hasSize(MANY);
        assertThat(entry(reading, last.election()).openTerm()).isNotNull();
        assertThat(reading.elections().get("job-0")).isEqualTo(new ReadResult.Election(null, null, null));
    }

    /** What is as known may be left out; what is not must be shown, with the end of the term that was told of. */
    static void showsWhatHasChanged(ContractBench bench) {
        LeaseStore store = bench.store();
        List<TermKey> terms = new ArrayList<>();
        List<ReadRequest> followed = new ArrayList<>();
        for (String name : List.of("same", "renewed", "released", "taken", "gone", "term-gone")) {
            TermKey term = win(store, name, "a");
            terms.add(term);
            followed.add(new ReadRequest(name, version(store, name), term.token()));
        }
        followed.add(new ReadRequest("never", version(store, "never"), 0));
        followed.add(new ReadRequest("begun", version(store, "begun"), 0));
        followed.add(new ReadRequest("unknown", null, 0));
        ReadResult before = store.read(followed);
        followed.forEach(each -> {
            ReadResult.Election shown = before.elections().get(each.election());
            assertThat(shown == null
                            || each.known() == null
                            || shown(before, shown).equals(each.known()))
                    .as("%s: %s", each, shown)
                    .isTrue();
        });
        assertThat(before.elections()).containsKey("unknown");

        assertThat(store.renew(terms.subList(1, 2))).hasSize(1);
        assertThat(store.release(terms.get(2), "RESIGNED")).isTrue();
        TermKey taken = win(store, "taken", "b");
        bench.tables().delete(Table.LEASE, "gone");
        bench.tables().delete(Table.TERM, "term-gone");
        TermKey begun = win(store, "begun", "b");
        ReadResult after = store.read(followed);
        assertThat(after.elections()).containsKeys("renewed", "released", "taken", "gone", "term-gone", "begun");
        assertThat(shown(after, entry(after, "renewed")).renewal()).isEqualTo(1);
        assertThat(entry(after, "released").endReason()).isEqualTo("RESIGNED");
        assertThat(shown(after, entry(after, "taken")).openTerm()).isEqualTo(taken.token());
        assertThat(entry(after, "taken").endReason()).isEqualTo("EXPIRED");
        assertThat(entry(after, "gone").lease()).isNull();
        assertThat(entry(after, "term-gone").openTerm()).isNull();
        assertThat(shown(after, entry(after, "begun")).openTerm()).isEqualTo(begun.token());
    }

    private static ElectionVersion shown(ReadResult reading, ReadResult.Election election) {
        return ElectionVersion.of(reading.incarnation(), election);
    }

    /** Several kinds of answers in one batch. */
    static void tellsWhichOfManyWereNotRenewed(ContractBench bench) {
        LeaseStore store = bench.store();
        TermKey plain = win(store, "plain", "a");
        TermKey asked = win(store, "asked", "a");
        TermKey former = win(store, "former", "a");
        TermKey locked = win(store, "locked", "a");
        TermKey deleted = win(store, "deleted", "a");
        bench.tables().askToStepDown("asked", asked.token());
        win(store, "former", "b");
        bench.tables().delete(Table.LEASE, "deleted");
        try (StoreTables.Hold hold = bench.tables().hold(Table.LEASE, "locked")) {
            assertThat(store.renew(List.of(plain, asked, former, locked, deleted)))
                    .as("while %s holds one row", hold)
                    .isEqualTo(Map.of("plain", RenewResult.RENEWED, "asked", RenewResult.STEP_DOWN_REQUESTED));
        }
    }

    static void tellsWhyTheFollowedTermEnded(ContractBench bench) {
        LeaseStore store = bench.store();
        TermKey a = win(store, JOB, "a");
        assertThat(endReason(store, a)).isNull();
        TermKey b = win(store, JOB, "b");
        assertThat(endReason(store, a)).isEqualTo("EXPIRED");
        assertThat(endReason(store, b)).isNull();
        store.release(b, "CLOSED");
        assertThat(endReason(store, b)).isEqualTo("CLOSED");
        bench.tables().delete(Table.TERM, JOB);
        assertThat(endReason(store, b)).isNull();
    }

    private static @Nullable String endReason(LeaseStore store, TermKey followed) {
        return look(store, JOB, followed.token()).endReason();
    }
}
