package io.github.leaderlease.integration;

import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ServiceLoader;

/** The dialect of a test's database, as it is or with one answer changed. */
final class FenceDialects {

    private FenceDialects() {}

    static Dialect of(TestDatabase database) throws SQLException {
        try (Connection connection = database.connection()) {
            return of(connection);
        }
    }

    static Dialect of(Connection connection) throws SQLException {
        for (Dialect dialect : ServiceLoader.load(Dialect.class)) {
            if (dialect.supports(connection)) {
                return dialect.forServer(connection);
            }
        }
        throw new IllegalStateException("no dialect for " + connection);
    }

    /** The same dialect, also once it is fitted to a connection, but this method answers that. */
    static Dialect with(Dialect dialect, String method, Object answer) {
        return (Dialect) Proxy.newProxyInstance(
                Dialect.class.getClassLoader(), new Class<?>[] {Dialect.class}, (proxy, called, arguments) -> {
                    if (called.getName().equals(method)) {
                        return answer;
                    }
                    called.setAccessible(true); // the interface that declares it may be a part that users do not see
                    try {
                        Object real = called.invoke(dialect, arguments);
                        return real instanceof Dialect forServer ? with(forServer, method, answer) : real;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
