package io.github.leaderlease.integration;

import io.github.leaderlease.integration.FenceContest.Fencing;
import io.github.leaderlease.integration.FenceContest.Goal;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.spi.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import javax.sql.DataSource;
import org.mariadb.jdbc.MariaDbDataSource;

/**
 * The contest across two nodes of a Galera cluster: who contends talks to the one, who writes to the other. Started by
 * hand, since a cluster does not come with the build: arguments are the two JDBC URLs (with user and password).
 */
final class GaleraContest {

    private static final int WRITERS = 6;

    private GaleraContest() {}

    /** Prints one line per isolation level, and one for the control that must fail. */
    public static void main(String[] urls) throws Exception {
        DataSource contenders = new MariaDbDataSource(urls[0]);
        DataSource writers = new MariaDbDataSource(urls[1]);
        LeaseMigrations.migrate(contenders);
        Dialect dialect = dialect(contenders);
        System.out.println("fences by touch: " + dialect.touchFence());
        for (int isolation : new int[] {1, 2, 4, 8}) {
            System.out.println("isolation " + isolation + ": "
                    + FenceContest.run(
                            contenders,
                            writers,
                            dialect,
                            isolation,
                            WRITERS,
                            FenceContestTest.workerFence(),
                            Goal.clean(250, 5_000)));
        }
        System.out.println("control, shared lock: "
                + FenceContest.run(contenders, writers, dialect, 2, WRITERS, sharedLock(), Goal.caught(3_000)));
    }

    private static Dialect dialect(DataSource database) throws Exception {
        try (Connection connection = database.getConnection()) {
            return FenceDialects.of(connection);
        }
    }

    private static Fencing sharedLock() {
        return (connection, term) -> {
            try (PreparedStatement look =
                    connection.prepareStatement("select 1 from leader_term where election_name = ?"
                            + " and token = ? and holder_id = ? and ended_at is null lock in share mode")) {
                look.setString(1, term.election());
                look.setLong(2, term.token());
                look.setString(3, term.holderId());
                try (ResultSet row = look.executeQuery()) {
                    return row.next();
                }
            }
        };
    }
}
