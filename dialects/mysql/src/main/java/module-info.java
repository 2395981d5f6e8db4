/** The dialect of leader-lease for MySQL and MariaDB. */
module io.github.leaderlease.mysql {
    requires static org.jspecify;
    requires io.github.leaderlease.core;

    provides io.github.leaderlease.spi.Dialect with
            io.github.leaderlease.mysql.MysqlDialect,
            io.github.leaderlease.mysql.MariadbDialect;
}
