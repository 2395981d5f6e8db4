package io.github.leaderlease;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Where our own connections come from. */
sealed interface Connections {

    /** Blocks for as long as the pool, driver or network likes; called on lanes, and by users for fenced transactions. */
    Connection open() throws SQLException;

    /** The JDBC URL with all its options, or null if it is not known. */
    @Nullable
    String url();

    /** How long {@link #open} may wait by its own settings; zero if not known. */
    Duration patience();

    /** Taken from the application's pool, for good. */
    record Pooled(DataSource pool) implements Connections {

        @Override
        public Connection open() throws SQLException {
            return pool.getConnection();
        }

        @Override
        public @Nullable String url() {
            return null;
        }

        /** Some pools do not support the question. */
        @Override
        public Duration patience() {
            try {
                return Duration.ofSeconds(pool.getLoginTimeout());
            } catch (SQLException | UnsupportedOperationException unknown) {
                return Duration.ZERO;
            }
        }
    }

    /** Made for us. */
    record Direct(
            String url, @Nullable String user, @Nullable String password) implements Connections {

        @Override
        public Connection open() throws SQLException {
            return DriverManager.getConnection(url, user, password);
        }

        @Override
        public Duration patience() {
            return Duration.ZERO;
        }

        /** URLs and passwords are not for logs. */
        @Override
        public String toString() {
            return "Direct";
        }
    }
}
