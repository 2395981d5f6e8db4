/** The dialect of leader-lease for PostgreSQL. */
module io.github.leaderlease.postgresql {
    requires static org.jspecify;
    requires io.github.leaderlease.core;
    requires static org.postgresql.jdbc;

    opens io.github.leaderlease.postgresql to
            org.postgresql.jdbc;

    provides io.github.leaderlease.spi.Dialect with
            io.github.leaderlease.postgresql.PostgresqlDialect;
}
