package io.github.leaderlease.benchmark.calls;

import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What an array held that was bound to a statement: the array itself is gone with it.
 *
 * @param type the elements' type by its name in SQL
 */
record Elements(String type, List<Object> values) {

    static Elements of(Array array) throws SQLException {
        return new Elements(array.getBaseTypeName(), Arrays.asList((Object[]) array.getArray()));
    }

    Elements with(UnaryOperator<Object> others) {
        return new Elements(type, values.stream().map(others).toList());
    }

    Array in(Connection connection) throws SQLException {
        return connection.createArrayOf(type, values.toArray());
    }
}
