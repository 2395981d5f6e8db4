package io.github.leaderlease.benchmark.scale;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What has been used up so far.
 *
 * @param nanos the time of this reading
 * @param clientMillis processor time of this JVM
 * @param serverMillis processor time of the server; NaN if it cannot be told
 * @param walBytes written to the server's log
 * @param transactionIds given out by the server
 */
record Usage(long nanos, double clientMillis, double serverMillis, long walBytes, long transactionIds) {

    private static final String QUERY = "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0'),"
            + " cast(cast(pg_snapshot_xmax(pg_current_snapshot()) as text) as bigint)";

    static Usage read(Connection monitor, Optional<ServerProcesses> server) throws SQLException, IOException {
        double serverMillis = server.isPresent() ? server.get().cpuMillis() : Double.NaN;
        try (Statement statement = monitor.createStatement();
                ResultSet row = statement.executeQuery(QUERY)) {
            row.next();
            return new Usage(System.nanoTime(), ownCpuMillis(), serverMillis, row.getLong(1), row.getLong(2));
        }
    }

    private static double ownCpuMillis() {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return system.getProcessCpuTime() / (double) TimeUnit.MILLISECONDS.toNanos(1);
    }

    Usage since(Usage before) {
        return new Usage(
                nanos - before.nanos,
                clientMillis - before.clientMillis,
                serverMillis - before.serverMillis,
                walBytes - before.walBytes,
                transactionIds - before.transactionIds);
    }

    double seconds() {
        return nanos / (double) TimeUnit.SECONDS.toNanos(1);
    }
}
