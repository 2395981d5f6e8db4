package io.github.leaderlease.benchmark.crowd;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.jdbc.datasource.AbstractDataSource;

/**
 * A candidate's connections, which can all be cut and refused. To the others that is the same as the death of its process,
 * and many candidates fit into one process.
 */
final class CuttableDataSource extends AbstractDataSource {

    private final String url;
    private final String user;
    private final String password;
    private final List<Connection> open = new CopyOnWriteArrayList<>();
    private volatile boolean dead;

    CuttableDataSource(String url, String user, String password) {
        this.url = url;
        this.user = user;
        this.password = password;
    }

    @Override
    public Connection getConnection() throws SQLException {
        return getConnection(user, password);
    }

    @Override
    public Connection getConnection(String name, String word) throws SQLException {
        if (dead) {
            throw new SQLException("this candidate is dead", "08001");
        }
        Connection connection = DriverManager.getConnection(url, name, word);
        open.add(connection);
        return connection;
    }

    void die() throws SQLException {
        dead = true;
        for (Connection connection : open) {
            connection.abort(Runnable::run);
        }
        open.clear();
    }

    void revive() {
        dead = false;
    }
}
