package io.github.leaderlease.jdbc;

import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import io.github.leaderlease.spi.TableNames;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * One set of tables, to be told from every other one: two nodes compete only if they use the same.
 *
 * @param tables where the server has them
 * @param id random, made with the tables. A copy of the database has the same: there only {@code place} differs
 * @param place the database and its server, for people
 */
public record Installation(TableNames tables, String id, String place) {

    private static final int SECONDS = 10;

    /** Enough to tell a few sets apart. */
    private static final int SHORT = 8;

    /**
     * Reads which set of tables this is. Blocks for one round trip, ten seconds at most, and changes nothing.
     *
     * @param connection an open connection
     * @param dialect the one that accepts it
     * @param tables as they were located
     * @return the set
     * @throws LeaseStoreException if the set has no id
     * @throws SQLException if the server cannot be asked, or does not let this user read it
     */
    public static Installation read(Connection connection, Dialect dialect, TableNames tables) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(SECONDS);
            try (ResultSet row = statement.executeQuery(query(dialect, tables))) {
                if (!row.next()) {
                    throw empty(tables);
                }
                return new Installation(tables, row.getString(1), row.getString(2));
            }
        }
    }

    /** Id and place. */
    static String query(Dialect dialect, TableNames tables) {
        return "select installation_id, (" + dialect.place() + ") as place from " + tables.installation();
    }

    static LeaseStoreException empty(TableNames tables) {
        return new LeaseStoreException(
                Failure.SCHEMA,
                tables.installation() + " is empty: it must have the row that the migration has inserted",
                null);
    }

    /**
     * The beginning of the id, for people.
     *
     * @return at most eight characters
     */
    public String shortId() {
        return id.substring(0, Math.min(SHORT, id.length()));
    }

    /** For logs: the tables, the id's beginning, the place. */
    @Override
    public String toString() {
        return tables.lease() + " (installation " + shortId() + ", " + place + ")";
    }
}
