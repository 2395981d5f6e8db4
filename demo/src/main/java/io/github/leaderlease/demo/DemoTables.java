package io.github.leaderlease.demo;

import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.spi.TableNames;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The tables that the demo plays on: it creates them, looks at them, and removes them. */
final class DemoTables {

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
        try (Connection connection = address.connect()) {
            DatabaseMetaData meta = connection.getMetaData();
            String version = meta.getDatabaseProductVersion();
            return meta.getDatabaseProductName() + " " + version.split(" ", 2)[0];
        }
    }

    void create() {
        LeaseMigrations.on(address.dataSource()).tablePrefix(prefix).migrate();
    }

    /** The tables that {@link LeaderWork} writes in. */
    void createScratch() throws SQLException {
        try (Connection connection = address.connect();
                Statement statement = connection.createStatement()) {
            for (Scratch table : Scratch.values()) {
                statement.execute(table.create(prefix));
            }
        }
    }

    /** All terms so far, by token. */
    List<TermRow> terms() throws SQLException {
        String query = "select token, node_name, ended_at, end_reason from " + names.term()
                + " where election_name = ? order by token";
        List<TermRow> terms = new ArrayList<>();
        try (Connection connection = address.connect();
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
        try (Connection connection = address.connect();
                PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, NodeSettings.ELECTION);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }

    void drop() throws SQLException {
        try (Connection connection = address.connect();
                Statement statement = connection.createStatement()) {
            for (String drop : drops()) {
                statement.execute(drop);
            }
        }
    }

    /** The statements that remove all that this class makes. */
    List<String> drops() {
        // Flyway quotes the name of its table, which matters where plain names are folded to upper case
        String quote = address.url().startsWith("jdbc:h2:") ? "\"" : "";
        Stream<String> scratch = Stream.of(Scratch.values()).map(table -> table.drop(prefix));
        Stream<String> ours = Stream.of(
                "drop view if exists " + names.candidatesView(),
                "drop view if exists " + names.status(),
                "drop table if exists " + names.term(),
                "drop table if exists " + names.lease(),
                "drop table if exists " + names.candidate(),
                "drop table if exists " + names.node(),
                "drop table if exists " + names.installation(),
                "drop table if exists " + quote + prefix + "leader_lease_history" + quote);
        return Stream.concat(scratch, ours).toList();
    }
}
