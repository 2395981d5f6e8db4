package io.github.leaderlease.testdatabases;

import com.mysql.cj.jdbc.MysqlDataSource;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.mariadb.jdbc.MariaDbDataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A JDBC driver. MySQL and MariaDB can each be reached by two of them. */
public enum Driver {
    /** The driver inside H2. */
    H2("h2", ";DB_CLOSE_DELAY=-1;WRITE_DELAY=0"),
    /** pgjdbc. */
    POSTGRESQL("postgresql", ""),
    /** MySQL Connector/J. */
    CONNECTOR_J("mysql", "?allowPublicKeyRetrieval=true&sslMode=DISABLED"),
    /** MariaDB Connector/J. */
    MARIADB("mariadb", "?allowPublicKeyRetrieval=true");

    private final String scheme;
    private final String parameters;

    Driver(String scheme, String parameters) {
        this.scheme = scheme;
        this.parameters = parameters;
    }

    String url(Endpoint endpoint, String database) {
        String chosen = endpoint.parameters().isEmpty() ? parameters : endpoint.parameters();
        return "jdbc:" + scheme + ":" + endpoint.location() + database + chosen;
    }

    boolean understands(String url) {
        return url.startsWith("jdbc:" + scheme + ":");
    }

    DataSource dataSource(String url, String user, String password) {
        try {
            return switch (this) {
                case H2 -> h2(url, user, password);
                case POSTGRESQL -> postgresql(url, user, password);
                case CONNECTOR_J -> connectorJ(url, user, password);
                case MARIADB -> mariadb(url, user, password);
            };
        } catch (SQLException e) {
            throw new IllegalArgumentException("The driver " + this + " does not accept the URL " + url, e);
        }
    }

    private static DataSource h2(String url, String user, String password) {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL(url);
        source.setUser(user);
        source.setPassword(password);
        return source;
    }

    private static DataSource postgresql(String url, String user, String password) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url);
        source.setUser(user);
        source.setPassword(password);
        return source;
    }

    private static DataSource connectorJ(String url, String user, String password) {
        MysqlDataSource source = new MysqlDataSource();
        source.setUrl(url);
        source.setUser(user);
        source.setPassword(password);
        return source;
    }

    private static DataSource mariadb(String url, String user, String password) throws SQLException {
        MariaDbDataSource source = new MariaDbDataSource(url);
        source.setUser(user);
        source.setPassword(password);
        return source;
    }
}
