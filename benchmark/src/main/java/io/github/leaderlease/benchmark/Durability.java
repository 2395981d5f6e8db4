package io.github.leaderlease.benchmark;

import io.github.leaderlease.testdatabases.Engine;
import io.github.leaderlease.testdatabases.TestDatabase;
import io.github.leaderlease.testdatabases.TestServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** What a commit survives. It decides how long one takes, and so how much of it is the fence. */
enum Durability {
    /** The machine: each commit is on the disk before it returns. */
    SYNCED,
    /** The server's process only. */
    WRITTEN,
    /** Whatever the server was set to; for those that are not ours to change. */
    AS_IS;

    private static final int RELOAD_TRIES = 100;

    /** What can be measured on a server. */
    static List<Durability> of(TestServer server) {
        boolean somebodyElses = server.origin().endsWith("_URL");
        return somebodyElses || server.engine() == Engine.H2 ? List.of(AS_IS) : List.of(SYNCED, WRITTEN);
    }

    /**
     * Sets the server to this.
     *
     * @return false if it cannot be changed
     */
    boolean set(TestDatabase database) throws SQLException {
        if (this == AS_IS) {
            return true;
        }
        try (Connection connection = database.connection()) {
            return switch (database.engine()) {
                case POSTGRESQL -> setPostgresql(connection, this == SYNCED ? "on" : "off");
                case MYSQL, MARIADB -> {
                    String flush = this == SYNCED ? "1" : "2";
                    execute(connection, "set global innodb_flush_log_at_trx_commit = " + flush);
                    yield true;
                }
                case H2 -> false;
            };
        }
    }

    private static boolean setPostgresql(Connection connection, String fsync) throws SQLException {
        if (one(connection, "select current_setting('fsync')").equals(fsync)) {
            return true;
        }
        if (one(connection, "select source from pg_settings where name = 'fsync'")
                .equals("command line")) {
            return false;
        }
        execute(connection, "alter system set fsync = " + fsync);
        execute(connection, "select pg_reload_conf()");
        for (int i = 0; i < RELOAD_TRIES; i++) {
            if (one(connection, "select current_setting('fsync')").equals(fsync)) {
                execute(connection, "checkpoint");
                return true;
            }
            execute(connection, "select pg_sleep(0.05)");
        }
        throw new IllegalStateException("fsync is not " + fsync + " although the configuration was loaded again");
    }

    /** What the server says about it. */
    static String settings(TestDatabase database) throws SQLException {
        try (Connection connection = database.connection()) {
            return switch (database.engine()) {
                case POSTGRESQL ->
                    one(
                            connection,
                            "select string_agg(name || '=' || setting, ', ' order by name)"
                                    + " from pg_settings where name in ('fsync', 'synchronous_commit')");
                case MYSQL, MARIADB ->
                    one(
                            connection,
                            "select concat('innodb_flush_log_at_trx_commit=',"
                                    + " @@innodb_flush_log_at_trx_commit, ', log_bin=', @@log_bin)");
                case H2 -> database.url().replaceFirst("^[^;]*;", "");
            };
        }
    }

    private static String one(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    private static void execute(Connection connection, String text) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(text);
        }
    }
}
