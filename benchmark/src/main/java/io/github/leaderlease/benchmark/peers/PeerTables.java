package io.github.leaderlease.benchmark.peers;

import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** The tables of all who need some. */
public final class PeerTables {

    private PeerTables() {}

    /** Makes them in an empty database. */
    public static void prepare(TestDatabase database) throws SQLException {
        LeaseMigrations.migrate(database.dataSource());
        try (Connection connection = database.connection();
                Statement statement = connection.createStatement()) {
            statement.execute(ShedLock.table(database.engine()));
            statement.execute(SpringIntegration.table(database.engine()));
        }
    }
}
