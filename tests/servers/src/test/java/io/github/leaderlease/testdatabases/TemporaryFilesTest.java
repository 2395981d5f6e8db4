package io.github.leaderlease.testdatabases;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/**
 * A MySQL or MariaDB that starts removes what looks like a temporary table from the folder for temporary files, whosever it
 * is: a MariaDB beside it then crashes when it drops that table.
 */
@ForEachDatabase({Engine.MYSQL, Engine.MARIADB})
final class TemporaryFilesTest {

    @Parameter
    private DatabaseUnderTest tested;

    @Test
    void areInTheServersOwnFolder() throws SQLException {
        try (TestDatabase database = tested.fresh();
                Connection connection = database.connection()) {
            Path data = Path.of(DatabaseUnderTestTest.text(connection, "select @@datadir"));
            assertThat(Path.of(DatabaseUnderTestTest.text(connection, "select @@tmpdir")))
                    .hasParent(data.getParent());
        }
    }
}
