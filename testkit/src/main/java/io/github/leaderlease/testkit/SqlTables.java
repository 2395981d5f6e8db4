package io.github.leaderlease.testkit;

import io.github.leaderlease.spi.TableNames;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** The tables of the protocol in a real database, by plain SQL on connections of its own. Thread-safe. */
public final class SqlTables implements StoreTables {

    private final DataSource dataSource;
    private final TableNames names;

    /**
     * Looks at existing tables.
     *
     * @param dataSource the database, with the right to delete
     * @param names where the tables are
     */
    public SqlTables(DataSource dataSource, TableNames names) {
        this.dataSource = dataSource;
        this.names = names;
    }

    @Override
    public List<String> rows(Table table) {
        List<String> rows = new ArrayList<>();
        String all = "select * from " + name(table) + " order by election_name, token";
        try (Connection connection = dataSource.getConnection();
                PreparedStatement select = connection.prepareStatement(all);
                ResultSet result = select.executeQuery()) {
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= columns; i++) {
                    row.add(result.getMetaData().getColumnName(i) + "=" + result.getString(i));
                }
                rows.add(String.join(" ", row));
            }
        } catch (SQLException e) {
            throw new IllegalStateException("cannot list " + name(table), e);
        }
        return rows;
    }

    @Override
    public void clear() {
        execute("delete from " + names.lease());
        execute("delete from " + names.term());
        execute("delete from " + names.candidate());
        execute("delete from " + names.node());
    }

    @Override
    public void delete(Table table, String election) {
        execute("delete from " + name(table) + " where election_name = ?", election);
    }

    @Override
    public void insertOpenTerm(String election, long token) {
        String columns = " (election_name, token, holder_id, node_name, ttl_ms, started_at)";
        String values = " values (?, ?, 'somebody', 'somebody', 1000, current_timestamp)";
        execute("insert into " + names.term() + columns + values, election, token);
    }

    @Override
    public void askToStepDown(String election, long token) {
        execute("update " + names.lease() + " set step_down_token = ? where election_name = ?", token, election);
    }

    @Override
    public void outlive(String election) {
        execute("update " + names.lease() + " set acquired_incarnation = 'earlier' where election_name = ?", election);
    }

    @Override
    public Hold hold(Table table, String election) {
        String which = table == Table.LEASE ? "" : " and ended_at is null";
        String select = "select token from " + name(table) + " where election_name = ?" + which + " for update";
        try {
            Connection connection = dataSource.getConnection();
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            try (PreparedStatement lock = connection.prepareStatement(select)) {
                lock.setString(1, election);
                try (ResultSet row = lock.executeQuery()) {
                    if (!row.next()) {
                        throw new IllegalStateException("election " + election + " has no such row in " + name(table));
                    }
                }
            }
            return () -> end(connection);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot lock election " + election + " in " + name(table), e);
        }
    }

    private static void end(Connection connection) {
        try (connection) {
            connection.rollback();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot end the transaction that holds the row", e);
        }
    }

    private void execute(String sql, Object... parameters) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            statement.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException("cannot execute " + sql, e);
        }
    }

    private String name(Table table) {
        return table == Table.LEASE ? names.lease() : names.term();
    }
}
