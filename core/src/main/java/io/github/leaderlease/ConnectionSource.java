package io.github.leaderlease;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Where our own connections come from. */
sealed interface ConnectionSource {

    /** Blocks for as long as the pool, driver or network likes; called on lanes, and by users for fenced transactions. */
    default Connection open() throws SQLException {
        return open(Map.of());
    }

    /** With options of the driver that the URL does not set, where we open the connection ourselves. */
    Connection open(Map<String, String> options) throws SQLException;

    /** The JDBC URL with all its options, or null if it is not known. */
    @Nullable
    String url();

    /** How long {@link #open} may wait by its own settings; zero if not known. */
    Duration borrowTimeout();

    /** Taken from the application's pool, for good. */
    record Pooled(DataSource pool) implements ConnectionSource {

        @Override
        public Connection open(Map<String, String> options) throws SQLException {
            return Secrets.of(null, null).connect(pool::getConnection);
        }

        @Override
        public @Nullable String url() {
            return null;
        }

        /** Some pools do not support the question. */
        @Override
        public Duration borrowTimeout() {
            try {
                return Duration.ofSeconds(pool.getLoginTimeout());
            } catch (SQLException | UnsupportedOperationException unknown) {
                return Duration.ZERO;
            }
        }
    }

    /** Made for us. */
    record Direct(
            String url, @Nullable String user, @Nullable String password) implements ConnectionSource {

        @Override
        public Connection open(Map<String, String> options) throws SQLException {
            Map<String, String> chosen = new HashMap<>(options);
            chosen.keySet().removeIf(this::sets);
            return new UrlDataSource(url, user, password).getConnection(chosen);
        }

        /** What the user chose stays, and H2 refuses what is said twice. */
        private boolean sets(String option) {
            return Pattern.compile("[?&;,(]\\s*" + Pattern.quote(option) + "\\s*=", Pattern.CASE_INSENSITIVE)
                    .matcher(url)
                    .find();
        }

        @Override
        public Duration borrowTimeout() {
            return Duration.ZERO;
        }

        /** URLs and passwords are not for logs. */
        @Override
        public String toString() {
            return "Direct";
        }
    }
}
