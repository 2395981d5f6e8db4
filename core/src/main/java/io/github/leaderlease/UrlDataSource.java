package io.github.leaderlease;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Map;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Connects by a JDBC URL, without a pool, and keeps what is secret in that URL out of every exception: what is thrown
 * repeats neither the URL as it was given, nor a password or token in it or beside it. Safe for use by several threads;
 * {@code getConnection} blocks for as long as the driver does. Bounds are up to the URL and to the options.
 */
final class UrlDataSource implements DataSource {

    private final String url;
    private final @Nullable String user;
    private final @Nullable String password;
    private final Secrets secrets;

    /**
     * Connects to nothing yet.
     *
     * @param url a JDBC URL
     * @param user the database user, or null if the URL says it
     * @param password its password, or null if there is none or the URL says it
     */
    UrlDataSource(String url, @Nullable String user, @Nullable String password) {
        this.url = url;
        this.user = user;
        this.password = password;
        this.secrets = Secrets.of(url, password);
    }

    @Override
    public Connection getConnection() throws SQLException {
        return getConnection(Map.of());
    }

    @Override
    public Connection getConnection(String username, String itsPassword) throws SQLException {
        return new UrlDataSource(url, username, itsPassword).getConnection();
    }

    /**
     * Connects with options of the driver, beside those in the URL.
     *
     * @param options their names and values
     * @return a new connection
     * @throws SQLException if that fails; without secrets
     */
    Connection getConnection(Map<String, String> options) throws SQLException {
        Properties properties = new Properties();
        properties.putAll(options);
        if (user != null) {
            properties.setProperty("user", user);
        }
        if (password != null) {
            properties.setProperty("password", password);
        }
        return secrets.connect(() -> DriverManager.getConnection(url, properties));
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
        throw new SQLFeatureNotSupportedException("this DataSource writes no log");
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        throw new SQLFeatureNotSupportedException("set it in the URL or as an option of the driver");
    }

    /** Not known here. */
    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("this DataSource writes no log");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (type.isInstance(this)) {
            return type.cast(this);
        }
        throw new SQLException("wraps nothing");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return type.isInstance(this);
    }

    /** URLs and passwords are not for logs. */
    @Override
    public String toString() {
        return "UrlDataSource[" + Secrets.kind(url) + "]";
    }
}
