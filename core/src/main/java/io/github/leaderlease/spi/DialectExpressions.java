package io.github.leaderlease.spi;

import java.util.List;
import java.util.Optional;

/** How one database product spells the parts of which the statements of the protocol are made. Part of {@link Dialect}. */
interface DialectExpressions {

    /**
     * The database's current time, advancing at least from transaction to transaction, independent of the session's time zone.
     *
     * @return an SQL expression of the type of the timestamp columns
     */
    String now();

    /**
     * The database's current time plus a number of milliseconds.
     *
     * @param millis an SQL expression
     * @return an SQL expression of the type of the timestamp columns
     */
    String nowPlusMillis(String millis);

    /**
     * A timestamp as a number, so that no driver's idea of time zones takes part.
     *
     * @param timestamp an SQL expression of the type of the timestamp columns
     * @return an SQL expression for whole milliseconds since the epoch
     */
    String epochMillis(String timestamp);

    /**
     * This life of the database: changes at a failover, and never comes back unless there is a {@link Dialect#sessionMark}.
     *
     * @return an SQL expression of a character type, at most 200 long
     */
    String incarnation();

    /**
     * Whether the server takes no writes, or only those of privileged users: a replica, or a primary that was demoted. Its
     * rows may be old, so nobody acts on them.
     *
     * @return an SQL expression, 1 if so and 0 if not
     */
    default String refusesWrites() {
        return "0";
    }

    /**
     * Finds an election's open term through the index that allows only one.
     *
     * @param term the alias of the term table
     * @param comparison how its election name compares, such as {@code = n.election_name}
     * @return an SQL condition
     */
    String openTerm(String term, String comparison);

    /**
     * Arrays as a table, so that thousands of leases travel in one statement; for databases where an UPDATE can also tell
     * which rows it changed.
     *
     * @param columns the columns, each a name and {@code text} or {@code bigint}; each is bound to an array parameter of
     *     its name
     * @return a table expression without an alias, its texts comparable with the columns of our tables; empty if the store
     *     has to send lists in chunks and select for update first
     */
    default Optional<String> arrays(List<String> columns) {
        return Optional.empty();
    }
}
