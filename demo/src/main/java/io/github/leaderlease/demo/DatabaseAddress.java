package io.github.leaderlease.demo;

import io.github.leaderlease.LeaseCoordinator;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * How to reach a database.
 *
 * @param url a JDBC URL
 * @param user empty if the URL says it
 * @param password empty if there is none, or if the URL says it
 */
record DatabaseAddress(String url, String user, String password) {

    private static final int ANSWER_WITHIN_SECONDS = 10;

    Connection connect() throws SQLException {
        DriverManager.setLoginTimeout(ANSWER_WITHIN_SECONDS);
        return dataSource().getConnection();
    }

    /** Nothing secret gets into its exceptions. */
    DataSource dataSource() {
        boolean saidByUrl = user.isEmpty() && password.isEmpty();
        return saidByUrl
                ? LeaseCoordinator.dataSource(url, null, null)
                : LeaseCoordinator.dataSource(url, user, password);
    }

    /** Without the parameters and the user, which may hold a password. */
    String shown() {
        String plain = url.split("[?;]", 2)[0];
        return plain.matches("jdbc:[a-z0-9]+:[^@()]*") ? plain : "...";
    }

    /** A record would print the password. */
    @Override
    public String toString() {
        return shown();
    }
}
