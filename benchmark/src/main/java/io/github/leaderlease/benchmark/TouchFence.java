package io.github.leaderlease.benchmark;

import io.github.leaderlease.jdbc.JdbcFence;
import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.TableNames;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ServiceLoader;

/** The fence as it is on a cluster that replicates writes but no locks. */
final class TouchFence {

    private TouchFence() {}

    static JdbcFence on(Connection connection) throws SQLException {
        for (Dialect dialect : ServiceLoader.load(Dialect.class)) {
            if (dialect.supports(connection)) {
                return new JdbcFence(touching(dialect.forServer(connection)), TableNames.PLAIN);
            }
        }
        throw new IllegalStateException(
                "no dialect for " + connection.getMetaData().getDatabaseProductName());
    }

    /** The dialect takes its server for such a cluster; all else is as it was. */
    private static Dialect touching(Dialect dialect) {
        return (Dialect) Proxy.newProxyInstance(
                Dialect.class.getClassLoader(), new Class<?>[] {Dialect.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("touchFence")) {
                        return Dialect.TouchFence.ALWAYS;
                    }
                    method.setAccessible(true); // the interface that declares it may be a part that users do not see
                    try {
                        return method.invoke(dialect, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
