package io.github.leaderlease;

import io.github.leaderlease.jdbc.Installation;
import io.github.leaderlease.jdbc.JdbcFence;
import io.github.leaderlease.jdbc.JdbcLeaseStore;
import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import io.github.leaderlease.spi.TableNames;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Opens a store of our own: connects, finds the dialect, looks at the schema. Blocks; called on lane threads only. */
final class StoreOpener {

    private static final Logger LOG = Loggers.COORDINATOR;

    /** Looking at the schema happens before anything is due. */
    private static final Duration OPEN = Duration.ofSeconds(5);

    private final ConnectionSource connections;
    private final TableNames tables;
    private final Set<String> warned = ConcurrentHashMap.newKeySet();
    private final Duration ttl;
    private volatile @Nullable JdbcFence fence;
    private volatile @Nullable Installation installation;

    StoreOpener(ConnectionSource connections, TableNames tables, Duration ttl) {
        this.connections = connections;
        this.tables = tables;
        this.ttl = ttl;
    }

    /** Where they were found; before that, as they were chosen. */
    TableNames tables() {
        Installation known = installation;
        return known == null ? tables : known.tables();
    }

    ConnectionSource connections() {
        return connections;
    }

    /** For the server that was connected to last. Whoever has a term has been connected. */
    JdbcFence fence() {
        return Objects.requireNonNull(fence, "a term without a connection");
    }

    /**
     * Opens a store that has all it needs.
     *
     * @throws LeaseStoreException if the database cannot be reached or used
     */
    JdbcLeaseStore open() {
        Connection connection = connect();
        JdbcLeaseStore store = null;
        Dialect dialect = null;
        try {
            dialect = dialect(connection);
            Duration attempt = Timing.callTimeout(ttl);
            dialect.warnings(connection, connections.url(), attempt).forEach(this::warnOnce);
            warnOfPatience(attempt);
            store = JdbcLeaseStore.open(connection, dialect, tables(), Dialect.Timeouts.within(OPEN));
            store.check();
            store.confirm(tables).ifPresent(this::warnOnce);
            keep(store.installation());
            fence = new JdbcFence(dialect, tables());
            return store;
        } catch (SQLException e) {
            closeAfter(e, connection, store);
            throw failed(e, dialect);
        } catch (RuntimeException | Error e) {
            closeAfter(e, connection, store);
            throw e;
        }
    }

    /** What will not pass by itself must not be waited for as if it were an outage. */
    private static LeaseStoreException failed(SQLException e, @Nullable Dialect dialect) {
        Failure kind = dialect == null ? Failure.UNAVAILABLE : dialect.classify(e);
        String remedy = dialect == null
                ? ""
                : dialect.remedy(e).map(setting -> "; " + setting).orElse("");
        Failure told = switch (kind) {
            case DENIED, SCHEMA -> kind;
            case UNAVAILABLE -> remedy.isEmpty() ? Failure.UNAVAILABLE : Failure.OTHER;
            default -> remedy.isEmpty() ? Failure.UNAVAILABLE : kind;
        };
        return new LeaseStoreException(told, "cannot ask the database: " + e.getMessage() + remedy, e);
    }

    /**
     * The first connection decides which tables this process uses, for good. Tables that were made anew in their place have
     * another id; the rules know what to do about terms that are gone, but somebody should know.
     */
    private synchronized void keep(Installation found) {
        Installation known = installation;
        if (known == null) {
            installation = found;
            BackgroundLog.say(() -> LOG.info("uses the tables {}", found));
        } else if (!known.tables().equals(found.tables())) {
            throw new LeaseStoreException(
                    Failure.SCHEMA,
                    "one connection of this node leads to " + known + ", another one to " + found
                            + ": choose the schema with schema(...) or the option --schema on all nodes",
                    null);
        } else if (!known.id().equals(found.id())) {
            BackgroundLog.say(() -> LOG.warn(
                    "the tables {} are others than before: now {}. Nodes that use different ones lead beside each other: make"
                            + " sure that all nodes are connected to the same database",
                    known,
                    found));
            installation = found;
        }
    }

    private void warnOfPatience(Duration bound) {
        Duration borrowTimeout = connections.borrowTimeout();
        if (borrowTimeout.compareTo(bound) > 0) {
            warnOnce("the DataSource may wait " + Timing.show(borrowTimeout)
                    + " for a connection, but one attempt of ours may"
                    + " take only " + Timing.show(bound) + ": if our connection breaks while the pool is exhausted, a"
                    + " lease may be lost. Give the coordinator a URL or a small DataSource of its own, or shorten the"
                    + " pool's connection timeout");
        }
    }

    private void warnOnce(String warning) {
        if (warned.add(warning)) {
            BackgroundLog.say(() -> LOG.warn("{}", warning));
        }
    }

    private Connection connect() {
        try {
            return connections.open(connectOptions());
        } catch (SQLException | RuntimeException e) {
            if (Stream.<Throwable>iterate(e, Objects::nonNull, Throwable::getCause)
                    .anyMatch(StoreOpener::refusesCredentials)) {
                String message = "the database refuses these credentials: " + e.getMessage();
                throw new LeaseStoreException(Failure.DENIED, message, e);
            }
            throw new LeaseStoreException(Failure.UNAVAILABLE, "cannot connect: " + e.getMessage(), e);
        }
    }

    /** What is known of the database before it is connected to is the URL. */
    private Map<String, String> connectOptions() {
        String url = connections.url();
        Map<String, String> options = new HashMap<>();
        if (url != null) {
            installed().forEach(each -> options.putAll(each.connectOptions(url)));
        }
        return options;
    }

    private static boolean refusesCredentials(Throwable e) {
        return e instanceof SQLException sql
                && sql.getSQLState() != null
                && sql.getSQLState().startsWith("28");
    }

    /** A store puts the connection's settings back first: a pool will lend it to others. */
    private static void closeAfter(Throwable failure, Connection connection, @Nullable JdbcLeaseStore store) {
        try {
            if (store == null) {
                connection.close();
            } else {
                store.close();
            }
        } catch (SQLException | RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    static Dialect dialect(Connection connection) throws SQLException {
        Set<String> found = new LinkedHashSet<>();
        for (Dialect dialect : installed()) {
            found.add(dialect.name());
            if (dialect.supports(connection)) {
                Optional<String> refusal = dialect.unsupportedReason(connection);
                if (refusal.isPresent()) {
                    throw new LeaseStoreException(Failure.SCHEMA, refusal.get(), null);
                }
                return dialect.forServer(connection);
            }
        }
        DatabaseMetaData meta = connection.getMetaData();
        String message = "no dialect for database '" + meta.getDatabaseProductName() + "' "
                + meta.getDatabaseProductVersion() + " on the class path (found: " + found + "): add"
                + " leader-lease-postgresql, leader-lease-mysql (also for MariaDB) or leader-lease-h2, or a dialect of"
                + " your own";
        throw new LeaseStoreException(Failure.SCHEMA, message, null);
    }

    /** Beside us, or beside the application where that has a class loader of its own. */
    private static List<Dialect> installed() {
        List<Dialect> dialects = new ArrayList<>();
        ServiceLoader.load(Dialect.class, Dialect.class.getClassLoader()).forEach(dialects::add);
        if (dialects.isEmpty()) {
            ServiceLoader.load(Dialect.class).forEach(dialects::add);
        }
        return dialects;
    }
}
