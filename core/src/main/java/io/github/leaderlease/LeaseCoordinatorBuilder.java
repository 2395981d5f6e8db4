package io.github.leaderlease;

import io.github.leaderlease.spi.PresenceStore.Node;
import io.github.leaderlease.spi.TableNames;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Describes a coordinator; see {@link LeaseCoordinator#builder(javax.sql.DataSource)}. Not thread-safe. */
public final class LeaseCoordinatorBuilder {

    private static final Duration DEFAULT_TTL = Duration.ofSeconds(10);

    private final ConnectionSource connections;
    private @Nullable String nodeName;
    private @Nullable String label;
    private @Nullable Duration ttl;
    private @Nullable Duration heartbeat;
    private @Nullable String schema;
    private @Nullable String tablePrefix;
    private @Nullable Executor eventExecutor;
    private @Nullable Boolean closeOnShutdown;
    private @Nullable Boolean failFast;
    private @Nullable Boolean notifications;
    private @Nullable Boolean presence;
    private @Nullable ConnectionSource listenOn;

    LeaseCoordinatorBuilder(ConnectionSource connections) {
        this.connections = connections;
    }

    /**
     * This node's name for people, in events, logs and the table; need not be unique. The host name and process id
     * if not set.
     *
     * @param name 1 to 190 of the characters A-Z a-z 0-9 . _ : / -, starting with a letter or digit
     * @return this
     * @throws IllegalArgumentException if the name is not valid
     */
    public LeaseCoordinatorBuilder nodeName(String name) {
        nodeName = Once.set("nodeName", nodeName, Names.check("node name", name));
        return this;
    }

    /**
     * What this node tells of itself in the list of candidates, such as its version or zone; nothing if not set.
     *
     * @param text 1 to 190 characters without control characters
     * @return this
     * @throws IllegalArgumentException if the text is not valid
     */
    public LeaseCoordinatorBuilder label(String text) {
        label = Once.set("label", label, Names.text("label", text, 190));
        return this;
    }

    /**
     * The TTL of elections that do not set their own; 10 s if not set.
     *
     * @param duration 1 s to 24 h
     * @return this
     */
    public LeaseCoordinatorBuilder ttl(Duration duration) {
        ttl = Once.set("ttl", ttl, duration);
        return this;
    }

    /**
     * The heartbeat of elections that set neither their own nor their own TTL; half the TTL if not set.
     *
     * @param duration must fit the TTL
     * @return this
     */
    public LeaseCoordinatorBuilder heartbeat(Duration duration) {
        heartbeat = Once.set("heartbeat", heartbeat, duration);
        return this;
    }

    /**
     * The schema that holds the tables (on MySQL and MariaDB the database); the connection's own if not set.
     *
     * @param name a plain SQL identifier
     * @return this
     */
    public LeaseCoordinatorBuilder schema(String name) {
        schema = Once.set("schema", schema, name);
        return this;
    }

    /**
     * Prefix of the table names; empty by default.
     *
     * @param prefix the beginning of a plain SQL identifier
     * @return this
     */
    public LeaseCoordinatorBuilder tablePrefix(String prefix) {
        tablePrefix = Once.set("tablePrefix", tablePrefix, prefix);
        return this;
    }

    /**
     * Runs the listeners; threads of our own if not set: a few, and one more for each listener that blocks.
     *
     * @param executor not shut down by the coordinator. It is handed its tasks by threads of our own, so it may block
     *     or run a task on the spot; a task that it refuses is run there
     * @return this
     */
    public LeaseCoordinatorBuilder eventExecutor(Executor executor) {
        eventExecutor = Once.set("eventExecutor", eventExecutor, executor);
        return this;
    }

    /**
     * Whether a JVM that shuts down in order closes this coordinator; true if not set. A container that closes it
     * itself should say false.
     *
     * @param close whether to install a shutdown hook
     * @return this
     */
    public LeaseCoordinatorBuilder closeOnShutdown(boolean close) {
        closeOnShutdown = Once.set("closeOnShutdown", closeOnShutdown, close);
        return this;
    }

    /**
     * Whether {@link #build()} fails if the database cannot be reached; false if not set: then it warns and goes on
     * trying.
     *
     * @param require whether to fail
     * @return this
     */
    public LeaseCoordinatorBuilder failFast(boolean require) {
        failFast = Once.set("failFast", failFast, require);
        return this;
    }

    /**
     * Whether this process tells the others of changes of leaders and is told by them, where the database can do that
     * (PostgreSQL: LISTEN and NOTIFY, on a third connection); true if not set. All guarantees hold without it, but
     * followers learn of a resignation after up to a second instead of milliseconds, and poll more often. Give all
     * nodes the same setting: who listens relies on the others to tell, and looks only every few seconds by itself.
     *
     * @param use whether to use them
     * @return this
     */
    public LeaseCoordinatorBuilder notifications(boolean use) {
        notifications = Once.set("notifications", notifications, use);
        return this;
    }

    /**
     * Whether this process announces itself and what it stands for in {@code leader_node} and {@code leader_candidate}, one
     * row in 10 s, and asks there who leads next; true if not set. All guarantees hold without it. But its resignations name no
     * heir and after a crash it has no rank, so both take up to half a second longer; its priority means nothing, and it is no heir;
     * {@link LeaseCoordinator#candidates} is empty, nothing can be transferred, and no leader fails back.
     *
     * @param use whether to use them
     * @return this
     */
    public LeaseCoordinatorBuilder presence(boolean use) {
        presence = Once.set("presence", presence, use);
        return this;
    }

    /**
     * Where to listen for changes, if not where the other connections come from: a direct URL of the same database, for
     * applications behind a pooler that shares server connections between transactions (PgBouncer), or to keep the
     * third connection out of the application's pool.
     *
     * @param url a JDBC URL whose driver is on the class path
     * @param user the database user, or null if the URL says it all
     * @param password the password, or null
     * @return this
     */
    public LeaseCoordinatorBuilder listenOn(String url, @Nullable String user, @Nullable String password) {
        listenOn = Once.set("listenOn", listenOn, new ConnectionSource.Direct(url, user, password));
        return this;
    }

    private @Nullable ConnectionSource listeningOn() {
        if (notifications == null || notifications) {
            return listenOn == null ? connections : listenOn;
        }
        if (listenOn != null) {
            throw new IllegalArgumentException(
                    "listenOn(...) says where to listen, but notifications(false) says not to: drop one of them");
        }
        return null;
    }

    /**
     * Connects and looks whether all is there that is needed. Blocks for a few round trips, at most for some seconds
     * if the database does not answer.
     *
     * @return the coordinator, to be closed when the application ends
     * @throws IllegalArgumentException if a setting is not valid
     * @throws LeaderLeaseException if there is no dialect for the database, if the schema or a right is missing, if
     *     the credentials are refused, if the server accepts no writes, or if it cannot be reached and is required
     */
    public LeaseCoordinator build() {
        Duration chosen = ttl == null ? DEFAULT_TTL : ttl;
        Duration beat = heartbeat == null ? chosen.dividedBy(2) : heartbeat;
        Timing valid = new Timing(chosen, beat, Timing.DEFAULT_STOP_TIMEOUT);
        TableNames tables = new TableNames(schema, tablePrefix == null ? "" : tablePrefix);
        String name = nodeName == null ? hostAndProcess() : nodeName;
        StoreOpener opener = new StoreOpener(connections, tables, valid.ttl());
        Node self = new Node(LeaseCoordinator.identity(), name, label, Presence.TTL);
        NodeRuntime node = new NodeRuntime(self, presence == null || presence, opener, listeningOn(), eventExecutor);
        node.connect(failFast != null && failFast);
        boolean hooked = closeOnShutdown == null || closeOnShutdown;
        LeaseCoordinator coordinator = new LeaseCoordinator(node, valid.ttl(), heartbeat, hooked);
        coordinator.installHook();
        return coordinator;
    }

    private static String hostAndProcess() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            host = "";
        }
        String plain = host.replaceAll("[^A-Za-z0-9._-]", "-").replaceAll("^[^A-Za-z0-9]+", "");
        String shown = plain.isEmpty() ? "node" : plain.substring(0, Math.min(plain.length(), 150));
        return Names.check("node name", shown + "-" + ProcessHandle.current().pid());
    }
}
