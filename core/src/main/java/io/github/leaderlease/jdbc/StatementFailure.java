package io.github.leaderlease.jdbc;

import java.sql.SQLException;
import java.util.Optional;
import java.util.stream.Stream;

/** Carries an SQLException out of a lambda. */
final class StatementFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    StatementFailure(SQLException cause) {
        super(cause);
    }

    /** What the driver said, in whatever it is wrapped. */
    static Optional<SQLException> sqlCause(Throwable e) {
        return Stream.iterate(e, t -> t != null, Throwable::getCause)
                .filter(SQLException.class::isInstance)
                .map(SQLException.class::cast)
                .findFirst();
    }
}
