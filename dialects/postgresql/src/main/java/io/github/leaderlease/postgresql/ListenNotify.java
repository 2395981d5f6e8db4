package io.github.leaderlease.postgresql;

import io.github.leaderlease.spi.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * LISTEN and NOTIFY. The channel is named after the object id of the lease table, so that all nodes meet on it however they
 * name the schema, and those of other tables in the same database do not.
 */
final class ListenNotify implements Dialect.Notifications {

    private static final String CHANNEL = "'leader_lease_' || cast(cast(to_regclass(%s) as oid) as text)";

    /** A crash of the server forgets what was announced anyway: there is no need to wait for a disk or a standby. */
    @Override
    public String publish() {
        return "select set_config('synchronous_commit', 'off', true), pg_notify(" + CHANNEL.formatted(":table")
                + ", said) from unnest(cast(:texts as text[])) as said";
    }

    /** LISTEN takes a name, not an expression; made of a number, it needs no quoting. */
    @Override
    public void listen(Connection connection, String table) throws SQLException {
        connection.unwrap(PGConnection.class);
        String channel;
        try (PreparedStatement question = connection.prepareStatement("select " + CHANNEL.formatted("?"))) {
            question.setString(1, table);
            try (ResultSet row = question.executeQuery()) {
                row.next();
                channel = row.getString(1);
            }
        }
        if (channel == null) {
            throw new SQLException("there is no table " + table + " to listen for", "42P01");
        }
        execute(connection, "listen " + channel);
    }

    @Override
    public List<String> await(Connection connection, Duration most) throws SQLException {
        int millis = Math.toIntExact(Math.max(1, most.toMillis()));
        PGNotification[] said = connection.unwrap(PGConnection.class).getNotifications(millis);
        return Arrays.stream(said).map(PGNotification::getParameter).toList();
    }

    @Override
    public void unlisten(Connection connection) throws SQLException {
        execute(connection, "unlisten *");
    }

    /** In a black hole nothing must wait for ever. After a message the driver waits a millisecond for more of it; our sockets know at once. */
    @Override
    public Map<String, String> options() {
        Map<String, String> options = new HashMap<>(
                Map.of("ApplicationName", "leader-lease listener", "connectTimeout", "5", "socketTimeout", "5"));
        if (driverSeesOurSockets()) {
            options.put("socketFactory", PromptSocketFactory.class.getName());
        }
        return options;
    }

    /** Not where the driver is shared by applications that each have a class loader of their own. */
    private static boolean driverSeesOurSockets() {
        try {
            String name = PromptSocketFactory.class.getName();
            Class<?> seen = Class.forName(name, false, PGConnection.class.getClassLoader());
            return seen.equals(PromptSocketFactory.class);
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
