package io.github.leaderlease.demo;

import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Says what is probably wrong when a database refuses, and what to look at. */
final class DatabaseTrouble {

    private static final Set<Integer> NO_SUCH_DATABASE = Set.of(1049, 90013, 90146, 90149);
    private static final int H2_BROKEN = 90067;
    private static final int MYSQL_NO_RIGHT_ON_DATABASE = 1044;

    private DatabaseTrouble() {}

    static String explain(SQLException e, @Nullable DatabaseAddress address) {
        if (address == null) {
            return "the demo's own database failed: " + e.getMessage();
        }
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        String said =
                address.shown() + " says: " + String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", " ");
        if (NO_SUCH_DATABASE.contains(e.getErrorCode()) || state.equals("3D000")) {
            return "there is no such database; check the last part of --url. " + said;
        }
        if (state.startsWith("28") || e.getErrorCode() == MYSQL_NO_RIGHT_ON_DATABASE) {
            String who = address.user().isEmpty() ? "(no --user)" : "'" + address.user() + "'";
            return "the database refuses user " + who
                    + "; check --user, and the password in LEADER_LEASE_PASSWORD or --password. " + said;
        }
        if (state.startsWith("08") || state.isEmpty() || e.getErrorCode() == H2_BROKEN) {
            return "cannot connect; check that the server runs, and host and port in --url. " + said;
        }
        return said;
    }
}
