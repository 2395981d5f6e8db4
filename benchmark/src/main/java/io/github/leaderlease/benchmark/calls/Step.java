package io.github.leaderlease.benchmark.calls;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Something that was asked of a connection, and that can be asked again with other values, as plain JDBC does it. */
sealed interface Step {

    void run(Connection connection, UnaryOperator<Object> values) throws SQLException;

    /** The beginning of a transaction, or its end. */
    enum Transaction implements Step {
        BEGIN,
        COMMIT,
        END;

        @Override
        public void run(Connection connection, UnaryOperator<Object> values) throws SQLException {
            switch (this) {
                case BEGIN -> connection.setAutoCommit(false);
                case COMMIT -> connection.commit();
                case END -> connection.setAutoCommit(true);
            }
        }
    }

    /** A statement without parameters. */
    record Plain(String text) implements Step {
        @Override
        public void run(Connection connection, UnaryOperator<Object> values) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                statement.execute(text);
            }
        }
    }

    /** A statement with parameters. */
    final class Prepared implements Step {

        private final String text;
        private final List<Binding> bindings = new ArrayList<>();

        Prepared(String text) {
            this.text = text;
        }

        /** How a parameter is set. */
        interface Setter {
            void set(PreparedStatement statement, int index, Object value) throws SQLException;
        }

        private record Binding(Setter setter, int index, Object value) {}

        void bind(Setter setter, int index, Object value) {
            bindings.add(new Binding(setter, index, value));
        }

        @Override
        public void run(Connection connection, UnaryOperator<Object> values) throws SQLException {
            try (PreparedStatement statement = connection.prepareStatement(text)) {
                for (Binding binding : bindings) {
                    Object value = binding.value() instanceof Elements elements
                            ? elements.with(values)
                            : values.apply(binding.value());
                    binding.setter().set(statement, binding.index(), value);
                }
                if (statement.execute()) {
                    readAll(statement);
                }
            }
        }

        private static void readAll(PreparedStatement statement) throws SQLException {
            try (ResultSet rows = statement.getResultSet()) {
                int columns = rows.getMetaData().getColumnCount();
                while (rows.next()) {
                    for (int column = 1; column <= columns; column++) {
                        rows.getObject(column);
                    }
                }
            }
        }
    }
}
