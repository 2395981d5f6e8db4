package io.github.leaderlease.cli.demo;

/**
 * How to reach a database.
 *
 * @param url a JDBC URL
 * @param user empty if the URL says it
 * @param password empty if there is none, or if the URL says it
 */
record DatabaseAddress(String url, String user, String password) {

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
