package io.github.leaderlease.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.PresenceStore;
import io.github.leaderlease.spi.PresenceStore.Entry;
import io.github.leaderlease.spi.PresenceStore.Node;
import io.github.leaderlease.spi.PresenceStore.Present;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Who stands for what, as others see it. */
final class PresenceCases {

    private static final Duration LONG = Duration.ofHours(1);

    private PresenceCases() {}

    private static Node node(String name, Duration ttl) {
        String id = UUID.randomUUID().toString().replace("-", "");
        return new Node(id, name, name.equals("bare") ? null : "label of " + name, ttl);
    }

    private static boolean on(LeaseStore store, Function<PresenceStore, Boolean> call) {
        return store.presence(call);
    }

    /** Whether it was known before. */
    private static boolean announce(LeaseStore store, Node node, Entry... standing) {
        return store.presence(presence -> presence.announce(node, List.of(standing), List.of()));
    }

    private static Map<String, String> heirs(LeaseStore store, Collection<String> elections, Node except) {
        return store.presence(presence -> presence.heirs(elections, except.nodeId()));
    }

    private static List<Present> candidates(LeaseStore store, String election) {
        return store.presence(presence -> presence.candidates(election));
    }

    static void showsWhoStandsTheHeirFirst(ContractBench bench) {
        LeaseStore store = bench.store();
        Node plain = node("plain", LONG);
        Node better = node("better", LONG);
        Node bare = node("bare", LONG);
        announce(store, plain, new Entry("job", "a", 0), new Entry("other", "b", 0));
        announce(bench.store(), better, new Entry("job", "c", 5));
        announce(bench.store(), bare, new Entry("job", "d", -5));
        assertThat(candidates(store, "job"))
                .extracting(Present::nodeName, Present::label, Present::priority)
                .containsExactly(
                        tuple("better", "label of better", 5),
                        tuple("plain", "label of plain", 0),
                        tuple("bare", null, -5));
        assertThat(candidates(store, "job"))
                .allSatisfy(each -> assertThat(each.staleness()).isBetween(Duration.ZERO, Duration.ofMinutes(1)));
        assertThat(candidates(store, "nobody's")).isEmpty();
        assertThat(heirs(store, List.of("job", "other", "nobody's"), plain)).isEqualTo(Map.of("job", better.nodeId()));
        assertThat(heirs(store, List.of("job", "other"), better))
                .isEqualTo(Map.of("job", plain.nodeId(), "other", plain.nodeId()));
    }

    static void forgetsWhoLeftAndWhoIsSilent(ContractBench bench) {
        LeaseStore store = bench.store();
        Node leaving = node("leaving", LONG);
        Node silent = node("silent", Duration.ZERO);
        announce(store, leaving, new Entry("job", "a", 0), new Entry("other", "b", 0));
        announce(store, silent, new Entry("job", "c", 9));
        assertThat(candidates(store, "job")).extracting(Present::nodeName).containsExactly("leaving");
        assertThat(on(store, presence -> presence.announce(leaving, List.of(), List.of("job"))))
                .isTrue();
        assertThat(candidates(store, "job")).isEmpty();
        assertThat(candidates(store, "other")).hasSize(1);
        assertThat(on(store, presence -> presence.leave(leaving.nodeId()))).isTrue();
        assertThat(candidates(store, "other")).isEmpty();
        assertThat(on(store, presence -> presence.leave(leaving.nodeId())))
                .as("again")
                .isFalse();
    }

    /** After a lost answer it is announced again, and what has changed since replaces what was there. */
    static void isAnnouncedAgainAsItIsNow(ContractBench bench) {
        LeaseStore store = bench.store();
        Node node = node("node", LONG);
        assertThat(announce(store, node, new Entry("job", "a", 0)))
                .as("known before")
                .isFalse();
        assertThat(announce(store, node, new Entry("job", "a", 0))).isTrue();
        assertThat(announce(store, node, new Entry("job", "b", 7))).isTrue();
        assertThat(candidates(store, "job")).extracting(Present::priority).containsExactly(7);
    }

    static void knowsThousands(ContractBench bench) {
        LeaseStore store = bench.store();
        Node node = node("many", LONG);
        Node other = node("other", LONG);
        List<String> names = IntStream.range(0, 1_200).mapToObj(i -> "job-" + i).toList();
        Entry[] all = names.stream().map(name -> new Entry(name, "a", 0)).toArray(Entry[]::new);
        announce(store, node, all);
        assertThat(heirs(store, names, other)).hasSize(1_200).containsValue(node.nodeId());
        assertThat(on(store, presence -> presence.announce(node, List.of(), names)))
                .isTrue();
        assertThat(heirs(store, names, other)).isEmpty();
    }

    static void isSweptOnceItWasSilentForLong(ContractBench bench) {
        LeaseStore store = bench.store();
        Node gone = node("gone", LONG);
        announce(store, gone, new Entry("job", "a", 0));
        assertThat(on(store, presence -> presence.sweep(LONG))).isFalse();
        assertThat(candidates(store, "job")).hasSize(1);
        Duration silence = Duration.ofSeconds(-1); // as if a second had passed
        assertThat(on(store, presence -> presence.sweep(silence))).isTrue();
        assertThat(on(store, presence -> presence.sweep(silence))).as("again").isFalse();
        assertThat(candidates(store, "job")).isEmpty();
        assertThat(announce(store, gone)).as("known when it comes back").isFalse();
    }
}
