package io.github.leaderlease.benchmark;

import io.github.leaderlease.testdatabases.Engine;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * What a PostgreSQL server has used up since it was made; zeros on the others.
 *
 * @param walBytes written to its log, by all databases
 * @param multixacts shared row locks that had to be given a number, of which there are four billion
 */
record Counters(long walBytes, long multixacts) {

    /** The age of the very first multixact is how many came after it; the control file would need a checkpoint. */
    private static final String QUERY =
            "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0'), mxid_age(cast('1' as xid))";

    static Counters read(TestDatabase database, Connection connection) throws SQLException {
        if (database.engine() != Engine.POSTGRESQL) {
            return new Counters(0, 0);
        }
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(QUERY)) {
            row.next();
            return new Counters(row.getLong(1), row.getLong(2));
        }
    }

    Counters since(Counters earlier) {
        return new Counters(walBytes - earlier.walBytes, multixacts - earlier.multixacts);
    }
}
