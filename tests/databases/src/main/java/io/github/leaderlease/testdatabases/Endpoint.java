package io.github.leaderlease.testdatabases;

/**
 * Where a server listens and who may log in.
 *
 * @param location what stands in a JDBC URL between the scheme and the database, such as {@code //127.0.0.1:5432/}
 * @param port the TCP port; 0 where there is none
 * @param adminDatabase a database that is always there
 * @param user may create databases
 * @param password of that user
 * @param parameters of the URL; empty for the ones that the driver needs
 */
record Endpoint(String location, int port, String adminDatabase, String user, String password, String parameters) {

    static final String USER = "lease";
    static final String PASSWORD = "lease-password";

    static Endpoint local(int port, String adminDatabase) {
        return new Endpoint("//127.0.0.1:" + port + "/", port, adminDatabase, USER, PASSWORD, "");
    }

    Endpoint through(int proxyPort) {
        if (port == 0) {
            throw new UnsupportedOperationException("There is no TCP port at " + location);
        }
        String proxied = location.replaceFirst("//[^/]+/", "//127.0.0.1:" + proxyPort + "/");
        return new Endpoint(proxied, proxyPort, adminDatabase, user, password, parameters);
    }
}
