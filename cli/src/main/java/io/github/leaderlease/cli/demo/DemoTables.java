package io.github.leaderlease.cli.demo;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.spi.TableNames;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** The tables that the demo plays on: it creates them, looks at them, and removes them. */
final class DemoTables {

    private static final int MIGRATION_CONNECTIONS = 4;
    private static final int ANSWER_WITHIN_SECONDS = 10;

    private final DatabaseAddress address;
    private final String prefix;
    private final TableNames names;

    DemoTables(DatabaseAddress address, String prefix) {
        this.address = address;
        this.prefix = prefix;
        this.names = new TableNames(null, prefix);
    }

    DatabaseAddress address() {
        return address;
    }

    String prefix() {
        return prefix;
    }

    /** Product and version, for people. */
    String product() throws SQLException {
        try (Connection connection = connect()) {
            DatabaseMetaData meta = connection.getMetaData();
            String version = meta.getDatabaseProductVersion();
            return meta.getDatabaseProductName() + " " + version.split(" ", 2)[0];
        }
    }

    void create() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(address.url());
        config.setUsername(address.user().isEmpty() ? null : address.user());
        config.setPassword(address.password().isEmpty() ? null : address.password());
        config.setMaximumPoolSize(MIGRATION_CONNECTIONS);
        config.setMinimumIdle(0);
        config.setPoolName("demo-migration");
        try (HikariDataSource dataSource = new HikariDataSource(config)) {
            LeaseMigrations.on(dataSource).tablePrefix(prefix).migrate();
        }
    }

    /** All terms so far, by token. */
    List<TermRow> terms() throws SQLException {
        String query = "select token, node_name, ended_at, end_reason from " + names.term()
                + " where election_name = ? order by token";
        List<TermRow> terms = new ArrayList<>();
        try (Connection connection = connect();
                PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, NodeSettings.ELECTION);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    terms.add(new TermRow(
                            row.getLong("token"),
                            row.getString("node_name"),
                            row.getTimestamp("ended_at") == null,
                            row.getString("end_reason")));
                }
            }
        }
        return terms;
    }

    /** What the lease row counts, which is what the followers watch. */
    long heartbeats() throws SQLException {
        String query = "select renewal from " + names.lease() + " where election_name = ?";
        try (Connection connection = connect();
                PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, NodeSettings.ELECTION);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }

    void drop() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String drop : drops()) {
                statement.execute(drop);
            }
        }
    }

    /** The statements that remove all that {@link #create()} has made. */
    List<String> drops() {
        // Flyway quotes the name of its table, which matters where plain names are folded to upper case
        String quote = address.url().startsWith("jdbc:h2:") ? "\"" : "";
        return List.of(
                "drop view if exists " + names.status(),
                "drop table if exists " + names.term(),
                "drop table if exists " + names.lease(),
                "drop table if exists " + quote + prefix + "leader_lease_history" + quote);
    }

    private Connection connect() throws SQLException {
        DriverManager.setLoginTimeout(ANSWER_WITHIN_SECONDS);
        return address.user().isEmpty() && address.password().isEmpty()
                ? DriverManager.getConnection(address.url())
                : DriverManager.getConnection(address.url(), address.user(), address.password());
    }
}
