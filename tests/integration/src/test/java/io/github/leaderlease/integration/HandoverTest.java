package io.github.leaderlease.integration;

import static io.github.leaderlease.integration.Member.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.leaderlease.LeaderElectionBuilder;
import io.github.leaderlease.LeaderLeaseException;
import io.github.leaderlease.PresentCandidate;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.Engine;
import io.github.leaderlease.testdatabases.ForEachDatabase;
import io.github.leaderlease.testdatabases.Rounds;
import io.github.leaderlease.testdatabases.TestDatabase;
import io.github.leaderlease.testkit.TcpProxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Who leads next, by the choice of the leader, of its application, or by rank after a crash. */
@ForEachDatabase({Engine.POSTGRESQL, Engine.MYSQL, Engine.MARIADB, Engine.H2})
@Execution(ExecutionMode.CONCURRENT)
final class HandoverTest {

    private final DatabaseUnderTest tested;
    private TestDatabase database;

    HandoverTest(DatabaseUnderTest tested) {
        this.tested = tested;
    }

    @BeforeEach
    void migrate() {
        database = tested.fresh();
        LeaseMigrations.migrate(database.dataSource());
    }

    @AfterEach
    void drop() {
        if (database != null) { // there is none if this server could not be had
            database.close();
        }
    }

    private Member join(String node, UnaryOperator<LeaderElectionBuilder> more) {
        return Member.join(Member.steady(database, database.url(), node).build(), more);
    }

    private Member join(String node) {
        return join(node, election -> election);
    }

    private static void awaitCandidates(Member member, String... nodes) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(member.coordinator().candidates(Member.ELECTION))
                        .filteredOn(PresentCandidate::eligible)
                        .extracting(PresentCandidate::node)
                        .containsExactlyInAnyOrder(nodes));
    }

    /** Whoever polls may be slower than another one, and on MySQL and MariaDB who has just connected has to wait for a TTL. */
    @Test
    void aTermIsTransferredToTheNodeThatIsNamed() throws Exception {
        assumeTrue(tested.engine() == Engine.POSTGRESQL, "it notifies the heir");
        Rounds.play(round -> {
            try (Member a = join("a").mayExpire(round, 0).leading();
                    Member b = join("b").mayExpire(round, 0);
                    Member c = join("c", election -> election.priority(7)).mayExpire(round, 0)) {
                awaitCandidates(a, "a", "b", "c");
                b.follow("a", SOON);
                c.follow("a", SOON);
                String then = a.election().transferTo("b").join().node();
                List<String> terms = Sql.list(database, "select node_name from leader_term order by token");
                assertThat(then).isEqualTo(terms.get(terms.size() - 1));
                round.require(then.equals("b"), "another was faster");
                b.lead(SOON);
            }
        });
    }

    @Test
    void aTransferTellsWhoLeads() {
        try (Member a = join("a").leading();
                Member b = join("b");
                Member c = join("c")) {
            awaitCandidates(a, "a", "b", "c");
            b.follow("a", SOON);
            c.follow("a", SOON);
            String then = a.election().transferTo("b").join().node();
            Map<String, Member> all = Map.of("a", a, "b", b, "c", c);
            assertThat(all).containsKey(then);
            all.get(then).lead(SOON);
        }
    }

    @Test
    void aTransferToNobodyLeavesAllAsItWas() throws Exception {
        try (Member a = join("a").leading();
                Member b = join("b")) {
            b.follow("a", SOON);
            long token = a.token();
            assertThatThrownBy(() -> a.election().transferTo("nobody").join())
                    .isInstanceOf(CompletionException.class)
                    .cause()
                    .isInstanceOf(LeaderLeaseException.class)
                    .hasMessage("election job was not transferred to nobody: no such node stands for it, or it is not"
                            + " eligible; a leads on");
            assertThatThrownBy(() -> b.election().transferTo("a").join())
                    .cause()
                    .hasMessage(
                            "election job was not transferred to a: b does not lead, or is giving up its term already");
            assertThatThrownBy(() -> a.election().transferTo("no such name"))
                    .isInstanceOf(IllegalArgumentException.class);
            Sql.run(database, "drop view leader_candidates", "drop table leader_candidate");
            assertThatThrownBy(() -> a.election().transferTo("b").join())
                    .cause()
                    .hasMessageStartingWith(
                            "election job was not transferred to b: it cannot be found out who stands for it: ");
            assertThat(a.token()).isEqualTo(token);
        }
    }

    @Test
    void whoIsSuspendedHandsOverAndIsNobodysHeirUntilItIsResumed() throws Exception {
        try (Member a = join("a").leading();
                Member b = join("b", election -> election.priority(7));
                Member c = join("c")) {
            b.election().suspend().join();
            awaitCandidates(a, "a", "c");
            c.follow("a", SOON);
            a.election().suspend().join();
            c.lead(SOON);
            assertThat(Sql.list(database, "select end_reason from leader_term where ended_at is not null"))
                    .containsExactly("NOT_ELIGIBLE");
            awaitCandidates(a, "c");
            a.election().resume();
            b.election().resume();
            awaitCandidates(a, "a", "b", "c");
        }
    }

    @Test
    void aConditionThatDoesNotHoldAnyMoreEndsTheTerm() {
        AtomicBoolean well = new AtomicBoolean(true);
        try (Member a = join("a", election -> election.eligibleWhen(well::get)).leading();
                Member b = join("b")) {
            b.follow("a", SOON);
            well.set(false);
            b.lead(SOON);
            a.events().awaitLine(SOON, "lost own NOT_ELIGIBLE", 1);
        }
    }

    /** Not everywhere: it takes half a minute. */
    @Test
    void theLeaderFailsBackToABetterCandidate() throws Exception {
        assumeTrue(tested == DatabaseUnderTest.POSTGRESQL || tested == DatabaseUnderTest.MARIADB, "one of each kind");
        Rounds.play(round -> {
            try (Member a = join("a", election -> election.failBackAfter(Duration.ofSeconds(30)))
                            .mayExpire(round, 0)
                            .leading();
                    Member b = join("b", election -> election.priority(7)).mayExpire(round, 0)) {
                round.excuse("one look was too late", () -> a.election().isLeader());
                b.lead(SOON);
                a.events().awaitLine(SOON, "lost own RESIGNED", 1);
            }
        });
    }

    /** It is cut off, which looks the same to the others. */
    @Test
    void afterACrashTheOneWithTheHighestPriorityLeads() throws Exception {
        assumeTrue(tested != DatabaseUnderTest.H2_MEMORY, "nobody can be cut off from it");
        Duration ttl = Duration.ofSeconds(4);
        Rounds.play(round -> {
            Sql.run(database, "delete from leader_term", "delete from leader_lease");
            TcpProxy proxy = TcpProxy.to("127.0.0.1", database.server().port());
            try (Member a = Member.join(database, database.urlThrough(proxy.port()), "a", ttl)
                            .mayExpire(round, 1)
                            .leading();
                    Member b = Member.join(database, "b", ttl).mayExpire(round, 0);
                    Member c = Member.join(
                                    Member.coordinator(database, database.url(), "c", ttl)
                                            .build(),
                                    election -> election.priority(7))
                            .mayExpire(round, 0)) {
                awaitCandidates(b, "a", "b", "c");
                b.follow("a", SOON);
                c.follow("a", SOON);
                Sql.awaitRenewals(database, 3); // both have seen the last one as soon as the other
                proxy.blackHole();
                String next = Member.awaitLeader(b, c).coordinator().nodeName();
                round.require(next.equals("c"), "the second in rank was faster");
                a.events().awaitLine(SOON, "lost own EXPIRED", 1);
                proxy.forward();
            } finally {
                proxy.close();
            }
        });
    }
}
