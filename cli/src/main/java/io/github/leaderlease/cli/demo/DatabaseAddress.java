package io.github.leaderlease.cli.demo;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

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
        return user.isEmpty() && password.isEmpty()
                ? DriverManager.getConnection(url)
                : DriverManager.getConnection(url, user, password);
    }

    /** Without the parameters, which may hold a password. */
    String shown() {
        return url.split("[?;]", 2)[0];
    }

    /** A record would print the password. */
    @Override
    public String toString() {
        return shown();
    }
}
