package io.github.leaderlease.spi;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A channel on which everybody who may connect to the database can say something to everybody who listens. What is said
 * is a hint: it may get lost, and nobody knows who said it.
 */
public interface Notifications {

    /**
     * Says something after the transaction that it is about.
     *
     * @return a query with the parameters {@code :table} (the lease table, which stands for the channel) and
     *     {@code :texts} (an array)
     */
    String publish();

    /**
     * Begins to listen.
     *
     * @param connection for this alone, in autocommit mode
     * @param table the lease table
     * @throws SQLException if the server or the driver cannot
     */
    void listen(Connection connection, String table) throws SQLException;

    /**
     * Waits until something is said. Blocks.
     *
     * @param connection listens
     * @param most how long to wait
     * @return what was said; empty if nothing was
     * @throws SQLException if the connection is broken
     */
    List<String> await(Connection connection, Duration most) throws SQLException;

    /**
     * Stops to listen, for a connection that goes back to a pool.
     *
     * @param connection listens
     * @throws SQLException if the connection is broken
     */
    void unlisten(Connection connection) throws SQLException;

    /**
     * Options of the driver for a connection that is made for listening.
     *
     * @return options that a URL does not already set
     */
    default Map<String, String> options() {
        return Map.of();
    }
}
