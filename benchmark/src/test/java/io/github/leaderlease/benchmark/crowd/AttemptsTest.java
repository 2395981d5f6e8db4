package io.github.leaderlease.benchmark.crowd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class AttemptsTest {

    private static String entry(int process, String statement) {
        return "2026-01-01 00:00:00.000 UTC [" + process + "] LOG:  execute <unnamed>: " + statement;
    }

    @Test
    void aTransactionThatTriesIsOneAttemptWhetherItWinsOrNot() {
        assertThat(Attempts.count(List.of(
                        entry(1, "BEGIN"),
                        entry(2, "BEGIN"),
                        entry(1, "select pg_advisory_xact_lock(1, 2)"),
                        entry(2, "select pg_advisory_xact_lock(1, 2)"),
                        entry(1, "update leader_lease\n\tset token = $1"),
                        entry(1, "COMMIT"),
                        entry(2, "ROLLBACK"))))
                .isEqualTo(2);
    }

    @Test
    void releasesRenewalsAndReadsAreNone() {
        assertThat(Attempts.count(List.of(
                        entry(1, "BEGIN"),
                        entry(1, "select pg_advisory_xact_lock(1, 2)"),
                        entry(1, "update leader_lease set holder_id = null, renewal = renewal + 1"),
                        entry(1, "COMMIT"),
                        entry(1, "select token from leader_lease"),
                        entry(2, "update leader_lease set renewal = renewal + 1"))))
                .isZero();
    }

    @Test
    void aStatementThatIsATransactionByItselfCounts() {
        assertThat(Attempts.count(List.of(entry(1, "update leader_lease set token = $1 where holder_id is null"))))
                .isEqualTo(1);
    }
}
