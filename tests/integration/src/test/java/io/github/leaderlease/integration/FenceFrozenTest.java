package io.github.leaderlease.integration;

import static io.github.leaderlease.integration.Member.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.Leadership;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.Engine;
import io.github.leaderlease.testdatabases.ForEachDatabase;
import io.github.leaderlease.testdatabases.Rounds;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.Connection;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A candidate freezes in the middle of its attempt to acquire. Its transaction holds the healthy leader's fences up until
 * the server ends it for standing idle. H2 cannot bound that: there the fences wait for as long as the process is frozen.
 */
@ForEachDatabase({Engine.POSTGRESQL, Engine.MYSQL, Engine.MARIADB})
@Execution(ExecutionMode.CONCURRENT)
final class FenceFrozenTest {

    /** Long, so that the candidate is certainly stopped before its transaction has been ended. */
    private static final Duration TTL = Duration.ofSeconds(5);

    private static final Duration ATTEMPT = TTL.dividedBy(5);

    private final DatabaseUnderTest tested;

    FenceFrozenTest(DatabaseUnderTest tested) {
        this.tested = tested;
    }

    @Test
    void theHealthyLeadersFencesGoOn() throws Exception {
        Rounds.play(this::freeze);
    }

    private void freeze(Rounds round) throws Exception {
        try (TestDatabase database = tested.fresh()) {
            LeaseMigrations.migrate(database.dataSource());
            Sql.run(database, "create table work (nr int not null)");
            try (Member a = Member.join(database, "a", TTL).mayExpire(round, 0).leading();
                    Connection connection = database.connection();
                    FrozenCandidate frozen = FrozenCandidate.start(database, TTL)) {
                assertThat(frozen.isAlive()).isTrue();
                long frozenAt = System.nanoTime();
                Leadership term = a.election().leadership().orElseThrow();
                connection.setNetworkTimeout(Runnable::run, (int) SOON.toMillis());
                connection.setAutoCommit(false);
                assertThat(Sql.list(
                                database,
                                "select token from leader_term where ended_at is null and election_name = 'job'"
                                        + " for update skip locked"))
                        .as("what the frozen one does not hold")
                        .isEmpty();
                Sql.run(connection, "insert into work values (1)");
                term.fence(connection);
                connection.commit();
                Duration took = Duration.ofNanos(System.nanoTime() - frozenAt);
                System.out.println(
                        "fence on " + tested + " while a candidate is frozen (bound " + bound() + "): " + took);
                round.within(bound(), took, "the fence");
                Sql.awaitRenewals(database, 1);
                assertThat(a.token()).isEqualTo(term.fencingToken());
                assertThat(a.events().story()).containsExactly("acquired");
            }
        }
    }

    /** MySQL and MariaDB count idle time in whole seconds. */
    private Duration bound() {
        boolean wholeSeconds = tested.engine() != Engine.POSTGRESQL;
        return ATTEMPT.plusSeconds(wholeSeconds ? 2 : 1);
    }
}
