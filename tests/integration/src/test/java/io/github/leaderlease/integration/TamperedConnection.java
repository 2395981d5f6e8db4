package io.github.leaderlease.integration;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/** JDBC connections on which something happens first. */
final class TamperedConnection {

    /** Told of each call before it is done. */
    @FunctionalInterface
    interface Before {
        void call(String method, Object[] arguments);
    }

    private TamperedConnection() {}

    static Connection of(Connection connection, Before before) {
        return (Connection) proxy(Connection.class, (proxy, method, arguments) -> {
            before.call(method.getName(), arguments == null ? new Object[0] : arguments);
            try {
                return method.invoke(connection, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }

    static DataSource of(DataSource source, Before before) {
        return each(source, connection -> of(connection, before));
    }

    /** Hands out something else for each connection that it opens. */
    static DataSource each(DataSource source, UnaryOperator<Connection> change) {
        return (DataSource) proxy(DataSource.class, (proxy, method, arguments) -> {
            try {
                Object answer = method.invoke(source, arguments);
                return answer instanceof Connection connection ? change.apply(connection) : answer;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }

    private static Object proxy(Class<?> type, InvocationHandler handler) {
        return Proxy.newProxyInstance(TamperedConnection.class.getClassLoader(), new Class<?>[] {type}, handler);
    }
}
