package io.github.leaderlease.testkit;

import static io.github.leaderlease.testkit.ContractBench.entry;
import static io.github.leaderlease.testkit.ContractBench.request;
import static io.github.leaderlease.testkit.ContractBench.version;
import static io.github.leaderlease.testkit.ContractBench.win;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.spi.ElectionVersion;
import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.LeaseStore.AcquireRequest;
import io.github.leaderlease.spi.LeaseStore.ReadRequest;
import io.github.leaderlease.spi.ReadResult;
import io.github.leaderlease.spi.TermKey;
import io.github.leaderlease.testkit.StoreTables.Hold;
import io.github.leaderlease.testkit.StoreTables.Table;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Many attempts in one call. A store need not be able to do that; whatever it does, each outcome that it tells must be true,
 * and what it does not tell must not have happened.
 */
final class BatchCases {

    private static final int MANY = 60;

    private BatchCases() {}

    static void opensEachAsIfAlone(ContractBench bench) {
        LeaseStore store = bench.store();
        List<String> names = names("job");
        Map<String, TermKey> former = new HashMap<>();
        for (int i = 0; i < MANY; i++) {
            if (i % 3 != 0) {
                TermKey term = win(store, names.get(i), "a");
                former.put(names.get(i), term);
                boolean vacant = i % 3 == 1 && store.release(term, "RESIGNED");
                assertThat(vacant).isEqualTo(i % 3 == 1);
            }
        }
        List<AcquireRequest> requests = requests(store, names, "b");
        Map<String, OptionalLong> outcomes = store.acquire(requests);
        ReadResult after = read(store, names);
        for (String name : outcomes.keySet()) {
            assertThat(outcomes.get(name)).as("outcome of %s", name).isPresent();
            TermKey before = former.get(name);
            assertThat(outcomes.get(name).getAsLong())
                    .as("token of %s", name)
                    .isGreaterThan(before == null ? 1 : before.token());
        }
        names.forEach(name -> assertTrue(name, outcomes.get(name), entry(after, name), "b"));
        assertThat(outcomes.size()).as("all at once, or none").isIn(0, MANY);
        List<String> rows = bench.everything();
        store.acquire(requests)
                .forEach(
                        (name, token) -> assertThat(token).as("twice: %s", name).isEmpty());
        if (!outcomes.isEmpty()) {
            assertThat(bench.everything()).as("after the same attempts again").isEqualTo(rows);
        }
    }

    /** What it tells of one, the tables show; what it does not tell, they do not. */
    private static void assertTrue(
            String name, @Nullable OptionalLong outcome, ReadResult.Election after, String holder) {
        ReadResult.Term open = after.openTerm();
        ReadResult.Lease lease = after.lease();
        if (outcome == null || outcome.isEmpty()) {
            assertThat(open == null ? "nobody" : open.holderId())
                    .as("leader of %s", name)
                    .isNotEqualTo(holder);
            return;
        }
        long token = outcome.getAsLong();
        assertThat(open)
                .as("open term of %s", name)
                .extracting("token", "holderId", "nodeName", "metadata", "ttl")
                .containsExactly(token, holder, "node-" + holder, "http://" + holder, ContractBench.TTL);
        assertThat(lease)
                .as("lease of %s", name)
                .extracting("token", "renewal", "holderId", "ttl")
                .containsExactly(token, 0L, holder, ContractBench.TTL);
    }

    static void leavesAloneWhatIsNotAsObservedOrHeld(ContractBench bench) {
        LeaseStore store = bench.store();
        List<String> names = List.of("renewed", "released", "other-life", "term-held", "lease-held", "no-row", "free");
        List<TermKey> former = names.stream().map(name -> win(store, name, "a")).toList();
        bench.tables().delete(Table.LEASE, "no-row");
        List<AcquireRequest> requests = new ArrayList<>(requests(store, names, "b"));
        requests.set(2, ofAnotherLife(requests.get(2)));
        store.renew(List.of(former.get(0)));
        store.release(former.get(1), "RESIGNED");
        Map<String, OptionalLong> outcomes;
        try (Hold term = bench.tables().hold(Table.TERM, "term-held");
                Hold lease = bench.tables().hold(Table.LEASE, "lease-held")) {
            assertThat(List.of(term, lease)).hasSize(2);
            outcomes = store.acquire(requests);
        }
        assertThat(outcomes).doesNotContainKeys("term-held", "lease-held");
        for (String name : List.of("renewed", "released", "other-life")) {
            assertThat(outcomes.getOrDefault(name, OptionalLong.empty()))
                    .as("outcome of %s", name)
                    .isEmpty();
        }
        ReadResult after = read(store, names);
        names.forEach(name -> assertTrue(name, outcomes.get(name), entry(after, name), "b"));
        if (!outcomes.isEmpty()) {
            assertThat(outcomes.get("free")).isPresent();
        }
    }

    private static AcquireRequest ofAnotherLife(AcquireRequest request) {
        ElectionVersion seen = request.observed();
        return request(
                request.election(),
                new ElectionVersion("another life", seen.rowPresent(), seen.token(), seen.renewal(), seen.openTerm()),
                request.holderId(),
                0);
    }

    /** Several processes take over the same elections, each all of them. */
    static void oneOfManyWinsEach(ContractBench bench) throws Exception {
        List<String> names = names("job");
        LeaseStore first = bench.store();
        names.subList(0, MANY / 2).forEach(name -> win(first, name, "a"));
        List<LeaseStore> stores =
                IntStream.range(0, 4).mapToObj(i -> bench.store()).toList();
        List<Callable<Map<String, OptionalLong>>> attempts = new ArrayList<>();
        for (int i = 0; i < stores.size(); i++) {
            LeaseStore store = stores.get(i);
            List<AcquireRequest> requests = requests(store, names, "holder" + i);
            attempts.add(() -> store.acquire(requests));
        }
        List<Map<String, OptionalLong>> outcomes;
        try (RaceCases.Crew crew = new RaceCases.Crew(stores.size())) {
            outcomes = crew.together(attempts);
        }
        ReadResult after = read(first, names);
        for (String name : names) {
            List<String> winners = IntStream.range(0, stores.size())
                    .filter(i -> outcomes.get(i)
                            .getOrDefault(name, OptionalLong.empty())
                            .isPresent())
                    .mapToObj(i -> "holder" + i)
                    .toList();
            assertThat(winners).as("winners of %s", name).hasSizeLessThan(2);
            for (String winner : winners) {
                int number = Integer.parseInt(winner.substring("holder".length()));
                assertTrue(name, outcomes.get(number).get(name), entry(after, name), winner);
            }
        }
    }

    private static List<String> names(String prefix) {
        return IntStream.range(0, MANY).mapToObj(i -> prefix + "-" + i).toList();
    }

    private static ReadResult read(LeaseStore store, List<String> names) {
        return store.read(
                names.stream().map(name -> new ReadRequest(name, null, 0)).toList());
    }

    private static List<AcquireRequest> requests(LeaseStore store, List<String> names, String holder) {
        return names.stream()
                .map(name -> request(name, version(store, name), holder, 0))
                .toList();
    }
}
