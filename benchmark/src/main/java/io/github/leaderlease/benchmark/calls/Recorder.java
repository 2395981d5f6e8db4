package io.github.leaderlease.benchmark.calls;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Listens to what a connection is asked. So the bare statements that our store is compared with are always those that it
 * really uses, in the same transactions.
 */
final class Recorder {

    private final List<Step> steps = new ArrayList<>();
    private boolean autoCommit = true;

    /** The steps since the last call. */
    List<Step> take() {
        List<Step> taken = List.copyOf(steps);
        steps.clear();
        return taken;
    }

    Connection listenTo(Connection connection) {
        return proxy(Connection.class, (proxy, method, arguments) -> {
            Object answer = invoke(method, connection, arguments);
            return switch (method.getName()) {
                case "setAutoCommit" -> transaction((boolean) arguments[0]);
                case "commit" -> {
                    steps.add(Step.Transaction.COMMIT);
                    yield answer;
                }
                case "prepareStatement" -> listenTo((PreparedStatement) answer, (String) arguments[0]);
                case "createStatement" -> listenTo((Statement) answer);
                default -> answer;
            };
        });
    }

    private Object transaction(boolean next) {
        if (autoCommit != next) {
            steps.add(next ? Step.Transaction.END : Step.Transaction.BEGIN);
        }
        autoCommit = next;
        return true;
    }

    private PreparedStatement listenTo(PreparedStatement statement, String text) {
        Step.Prepared step = new Step.Prepared(text);
        return proxy(PreparedStatement.class, (proxy, method, arguments) -> {
            String name = method.getName();
            if (name.startsWith("set") && arguments != null && method.getParameterCount() >= 2) {
                Object value = arguments[1] instanceof Array array ? Elements.of(array) : arguments[1];
                step.bind(setter(method, arguments), (int) arguments[0], value);
            }
            if (name.startsWith("execute")) {
                steps.add(step);
            }
            return invoke(method, statement, arguments);
        });
    }

    private static Step.Prepared.Setter setter(Method method, Object[] arguments) {
        int type = arguments.length > 2 && arguments[2] instanceof Integer number ? number : 0;
        return switch (method.getName()) {
            case "setString" -> (statement, index, value) -> statement.setString(index, (String) value);
            case "setLong" -> (statement, index, value) -> statement.setLong(index, (Long) value);
            case "setInt" -> (statement, index, value) -> statement.setInt(index, (Integer) value);
            case "setNull" -> (statement, index, value) -> statement.setNull(index, (Integer) value);
            case "setArray" ->
                (statement, index, value) ->
                        statement.setArray(index, ((Elements) value).in(statement.getConnection()));
            case "setObject" ->
                type == 0
                        ? (statement, index, value) -> statement.setObject(index, value)
                        : (statement, index, value) -> statement.setObject(index, value, type);
            default -> throw new IllegalStateException("cannot repeat " + method);
        };
    }

    private Statement listenTo(Statement statement) {
        return proxy(Statement.class, (proxy, method, arguments) -> {
            if (method.getName().startsWith("execute") && arguments != null) {
                steps.add(new Step.Plain((String) arguments[0]));
            }
            return invoke(method, statement, arguments);
        });
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static Object invoke(Method method, Object target, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
