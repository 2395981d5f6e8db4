package io.github.leaderlease.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.PresenceStore;
import io.github.leaderlease.spi.PresenceStore.Entry;
import io.github.leaderlease.spi.PresenceStore.Heir;
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

    private static Entry entry(String election, String holder, int priority) {
        return new Entry(election, holder, priority, true);
    }

    private static Map<String, Heir> heirs(LeaseStore store, Collection<String> elections, Node except) {
        return store.presence(presence -> presence.heirs(elections, except.nodeId(), null));
    }

    private static Heir heir(Node node, int priority) {
        return new Heir(node.nodeId(), node.nodeName(), priority);
    }

    private static Map<String, Integer> ranks(LeaseStore store, Node node, String... elections) {
        return store.presence(presence -> presence.ranks(List.of(elections), node.nodeId()));
    }

    private static List<Present> candidates(LeaseStore store, String election) {
        return store.presence(presence -> presence.candidates(election));
    }

    static void showsWhoStandsTheHeirFirst(ContractBench bench) {
        LeaseStore store = bench.store();
        Node plain = node("plain", LONG);
        Node better = node("better", LONG);
        Node bare = node("bare", LONG);
        announce(store, plain, entry("job", "a", 0), entry("other", "b", 0));
        announce(bench.store(), better, entry("job", "c", 5));
        announce(bench.store(), bare, entry("job", "d", -5));
        assertThat(candidates(store, "job"))
                .extracting(Present::nodeName, Present::label, Present::priority)
                .containsExactly(
                        tuple("better", "label of better", 5),
                        tuple("plain", "label of plain", 0),
                        tuple("bare", null, -5));
        assertThat(candidates(store, "job"))
                .allSatisfy(each -> assertThat(each.staleness()).isBetween(Duration.ZERO, Duration.ofMinutes(1)));
        assertThat(candidates(store, "nobody's")).isEmpty();
        assertThat(heirs(store, List.of("job", "other", "nobody's"), plain)).isEqualTo(Map.of("job", heir(better, 5)));
        assertThat(heirs(store, List.of("job", "other"), better))
                .isEqualTo(Map.of("job", heir(plain, 0), "other", heir(plain, 0)));
    }

    /** Who is shown, but shall not lead now, comes last and is nobody's heir. */
    static void passesOverWhoIsNotEligible(ContractBench bench) {
        LeaseStore store = bench.store();
        Node best = node("best", LONG);
        Node other = node("other", LONG);
        Node leader = node("leader", LONG);
        announce(store, best, new Entry("job", "a", 9, false));
        announce(store, other, entry("job", "b", -9));
        announce(store, leader, entry("job", "c", 0));
        assertThat(candidates(store, "job"))
                .extracting(Present::nodeName, Present::eligible)
                .containsExactly(tuple("leader", true), tuple("other", true), tuple("best", false));
        assertThat(heirs(store, List.of("job"), leader)).isEqualTo(Map.of("job", heir(other, -9)));
        assertThat(ranks(store, best, "job")).isEmpty();
        announce(store, best, entry("job", "a", 9));
        assertThat(heirs(store, List.of("job"), leader)).isEqualTo(Map.of("job", heir(best, 9)));
    }

    static void findsAnHeirByItsName(ContractBench bench) {
        LeaseStore store = bench.store();
        Node one = node("one", LONG);
        Node best = node("best", LONG);
        announce(store, one, entry("job", "a", 0));
        announce(store, best, entry("job", "b", 5));
        assertThat(named(store, "asks", "one")).isEqualTo(Map.of("job", heir(one, 0)));
        assertThat(named(store, "asks", "ONE")).isEmpty();
        assertThat(named(store, one.nodeId(), "one")).isEmpty();
    }

    private static Map<String, Heir> named(LeaseStore store, String exceptNodeId, String name) {
        return store.presence(presence -> presence.heirs(List.of("job", "another"), exceptNodeId, name));
    }

    /** By priority, then in the ring of holder ids behind the leader's, who has no place in it. */
    static void ranksThoseWhoWouldLeadNext(ContractBench bench) {
        LeaseStore store = bench.store();
        Node leader = node("leader", LONG);
        Node first = node("first", LONG);
        Node second = node("second", LONG);
        Node third = node("third", LONG);
        ContractBench.win(store, "job", "c");
        announce(store, leader, entry("job", "c", 9), entry("other", "z", 0));
        announce(store, third, entry("job", "b", 0), entry("other", "c", 0));
        announce(store, second, entry("job", "d", 0), entry("other", "d", 0));
        announce(store, first, entry("job", "a", 1));
        assertThat(ranks(store, leader, "job")).isEmpty();
        assertThat(ranks(store, first, "job", "other")).isEqualTo(Map.of("job", 0));
        assertThat(ranks(store, second, "job", "other")).isEqualTo(Map.of("job", 1, "other", 1));
        assertThat(ranks(store, third, "job", "other")).isEqualTo(Map.of("job", 2, "other", 0));
        assertThat(heirs(store, List.of("job", "other"), leader))
                .isEqualTo(Map.of("job", heir(first, 1), "other", heir(third, 0)));
    }

    /** Where each resigns in turn, each has its turn. */
    static void theHeirIsTheNextInARing(ContractBench bench) {
        LeaseStore store = bench.store();
        Node one = node("one", LONG);
        Node two = node("two", LONG);
        Node three = node("three", LONG);
        announce(store, one, entry("job", "a", 0));
        announce(store, two, entry("job", "b", 0));
        announce(store, three, entry("job", "c", 0));
        assertThat(heirs(store, List.of("job"), one)).isEqualTo(Map.of("job", heir(two, 0)));
        assertThat(heirs(store, List.of("job"), two)).isEqualTo(Map.of("job", heir(three, 0)));
        assertThat(heirs(store, List.of("job"), three)).isEqualTo(Map.of("job", heir(one, 0)));
    }

    static void forgetsWhoLeftAndWhoIsSilent(ContractBench bench) {
        LeaseStore store = bench.store();
        Node leaving = node("leaving", LONG);
        Node silent = node("silent", Duration.ZERO);
        announce(store, leaving, entry("job", "a", 0), entry("other", "b", 0));
        announce(store, silent, entry("job", "c", 9));
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
        assertThat(announce(store, node, entry("job", "a", 0)))
                .as("known before")
                .isFalse();
        assertThat(announce(store, node, entry("job", "a", 0))).isTrue();
        assertThat(announce(store, node, entry("job", "b", 7))).isTrue();
        assertThat(candidates(store, "job")).extracting(Present::priority).containsExactly(7);
    }

    static void knowsThousands(ContractBench bench) {
        LeaseStore store = bench.store();
        Node node = node("many", LONG);
        Node other = node("other", LONG);
        List<String> names = IntStream.range(0, 1_200).mapToObj(i -> "job-" + i).toList();
        Entry[] all = names.stream().map(name -> entry(name, "a", 0)).toArray(Entry[]::new);
        announce(store, node, all);
        assertThat(heirs(store, names, other)).hasSize(1_200).containsValue(heir(node, 0));
        assertThat(on(store, presence -> presence.announce(node, List.of(), names)))
                .isTrue();
        assertThat(heirs(store, names, other)).isEmpty();
    }

    static void isSweptOnceItWasSilentForLong(ContractBench bench) {
        LeaseStore store = bench.store();
        Node gone = node("gone", LONG);
        announce(store, gone, entry("job", "a", 0));
        assertThat(on(store, presence -> presence.sweep(LONG))).isFalse();
        assertThat(candidates(store, "job")).hasSize(1);
        Duration silence = Duration.ofSeconds(-1); // as if a second had passed
        assertThat(on(store, presence -> presence.sweep(silence))).isTrue();
        assertThat(on(store, presence -> presence.sweep(silence))).as("again").isFalse();
        assertThat(candidates(store, "job")).isEmpty();
        assertThat(announce(store, gone)).as("known when it comes back").isFalse();
    }
}
