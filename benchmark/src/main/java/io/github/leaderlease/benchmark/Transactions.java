package io.github.leaderlease.benchmark;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.leaderlease.Leadership;
import io.github.leaderlease.jdbc.JdbcFence;
import io.github.leaderlease.spi.TermKey;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** The transaction that is measured: the insert of one small row, in each variant. */
final class Transactions implements AutoCloseable {

    private static final Duration IDLE = Duration.ofSeconds(10);
    private static final String INSERT = "insert into work (id, note) values (?, ?)";
    private static final String ROW_LOCK = "select 1 from leader_term"
            + " where election_name = ? and token = ? and holder_id = ? and ended_at is null for share";

    private final Leader leader;
    private final TermKey key;
    private final JdbcFence touch;
    private final HikariDataSource pool;
    private final AtomicLong nextId = new AtomicLong();

    private Transactions(Leader leader, JdbcFence touch, HikariDataSource pool) {
        Leadership term = leader.term();
        this.leader = leader;
        this.key = new TermKey(term.election(), term.fencingToken(), term.holderId());
        this.touch = touch;
        this.pool = pool;
    }

    /**
     * @param threads how many of them will run at once
     */
    static Transactions on(TestDatabase database, Leader leader, int threads) throws SQLException {
        try (Connection connection = database.connection();
                Statement statement = connection.createStatement()) {
            statement.execute("drop table if exists work");
            statement.execute("create table work (id bigint not null primary key, note varchar(40) not null)");
            HikariConfig settings = new HikariConfig();
            settings.setDataSource(database.dataSource());
            settings.setMaximumPoolSize(threads);
            return new Transactions(leader, TouchFence.on(connection), new HikariDataSource(settings));
        }
    }

    /**
     * Runs one and commits it.
     *
     * @param own autocommit off; for the variants without a pool
     */
    void run(Variant variant, Connection own) throws SQLException {
        switch (variant) {
            case UNFENCED -> {
                insert(own);
                own.commit();
            }
            case FENCE -> {
                insert(own);
                leader.term().fence(own);
                own.commit();
            }
            case UNFENCED_POOLED -> pooled();
            case FENCED_TRANSACTION -> fencedTransaction();
            case ROW_LOCK -> {
                insert(own);
                lockRow(own);
                own.commit();
            }
            case TOUCH -> {
                insert(own);
                require(touch.take(own, key, IDLE, true).state() == JdbcFence.State.OPEN);
                own.commit();
            }
        }
    }

    private void pooled() throws SQLException {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            insert(connection);
            connection.commit();
            connection.setAutoCommit(true);
        }
    }

    private void fencedTransaction() throws SQLException {
        leader.coordinator().fencedTransactions().dataSource(pool).run(leader.term(), connection -> {
            insert(connection);
            return true;
        });
    }

    private void insert(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            statement.setLong(1, nextId.getAndIncrement());
            statement.setString(2, "a small row");
            statement.executeUpdate();
        }
    }

    private void lockRow(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(ROW_LOCK)) {
            statement.setString(1, key.election());
            statement.setLong(2, key.token());
            statement.setString(3, key.holderId());
            try (ResultSet row = statement.executeQuery()) {
                require(row.next());
            }
        }
    }

    private void require(boolean open) {
        if (!open) {
            throw new IllegalStateException(key + " has ended, so nothing was measured; is the machine overloaded?");
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
