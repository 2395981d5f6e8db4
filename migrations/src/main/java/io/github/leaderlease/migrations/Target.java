package io.github.leaderlease.migrations;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.output.ValidateResult;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One schema and prefix on one server, with the Flyway that looks after our tables there. */
final class Target {

    private static final Logger log = LoggerFactory.getLogger(LeaseMigrations.class);

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** What the first version makes, the view included. */
    private static final List<String> OURS = List.of(
            "leader_lease",
            "leader_term",
            "leader_installation",
            "leader_node",
            "leader_candidate",
            "leader_status",
            "leader_candidates");

    private final DataSource dataSource;
    private final Server server;
    private final String schema;
    private final String prefix;
    private final TargetNames names;
    private final LockTimeout lockTimeout;
    private final Flyway flyway;

    private Target(DataSource dataSource, Server server, String schema, String prefix, List<String> more) {
        this.dataSource = dataSource;
        this.server = server;
        this.schema = schema;
        this.prefix = prefix;
        this.names = new TargetNames(server, schema, prefix);
        this.lockTimeout = new LockTimeout(server.engine());
        this.flyway = flyway(more);
    }

    static Target of(DataSource dataSource, @Nullable String chosenSchema, String prefix, List<String> more) {
        try (Connection connection = dataSource.getConnection()) {
            Server server = Server.of(connection);
            String schema = Placement.schema(connection, server, chosenSchema, prefix);
            return new Target(dataSource, server, schema, prefix, more);
        } catch (SQLException e) {
            throw unreachable(e);
        }
    }

    private Flyway flyway(List<String> more) {
        List<String> locations = new ArrayList<>(more);
        locations.add(server.engine().location());
        return Flyway.configure(Target.class.getClassLoader())
                .dataSource(dataSource)
                .loggers("slf4j")
                .callbacks(lockTimeout)
                .locations(locations.toArray(String[]::new))
                .failOnMissingLocations(true)
                .placeholders(Map.of("prefix", prefix))
                .defaultSchema(schema)
                .table(prefix + "leader_lease_history")
                // a schema with other tables gets a baseline; were it version 1, V1 would silently be skipped
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .baselineDescription("before leader-lease")
                .load();
    }

    @SuppressWarnings("try") // the turn is held, not used
    List<String> migrate() {
        if (server.ignoresChecks()) {
            log.warn(
                    "MySQL {} does not enforce CHECK constraints, so the tables accept names that leader-lease refuses;"
                            + " supported is MySQL from {}",
                    server.version(),
                    server.engine().oldest());
        }
        if (pending().isEmpty()) {
            check();
            return List.of();
        }
        try (MigrationLock turn = MigrationLock.take(dataSource, server.engine())) {
            return explained(this::apply);
        } catch (SQLException e) {
            throw unreachable(e);
        }
    }

    /** Gives way again and again, for a minute, so that no heartbeat waits long behind a script that waits for its lock. */
    private List<String> apply() {
        List<String> scripts = Arrays.stream(flyway.info().pending())
                .map(MigrationInfo::getScript)
                .toList();
        long start = System.nanoTime();
        for (int tries = 1; ; tries++) {
            try {
                flyway.migrate();
                return scripts;
            } catch (FlywayException e) {
                if (!lockTimeout.ranOut(e)) {
                    throw e;
                }
                giveWay(tries, System.nanoTime() - start, e);
            }
        }
    }

    private void giveWay(int tries, long nanos, FlywayException cause) {
        if (!server.engine().rollsBackDdl()) {
            try (Connection connection = dataSource.getConnection()) {
                LockTimeout.forget(connection, server.engine(), names.historyInSql());
            } catch (SQLException e) {
                throw unreachable(e);
            }
        }
        if (nanos > PATIENCE.toNanos()) {
            throw new LeaseMigrationException(
                    names.where() + "a table could not be locked within " + PATIENCE.toSeconds()
                            + " s, for another transaction has"
                            + " used it and stays open: end that one and migrate again; nothing has changed",
                    cause);
        }
        if (tries == 1) {
            log.info(
                    "{}another transaction has used a table that is to be changed; trying again for up to {} s, each time only"
                            + " so briefly that no heartbeat waits for more than a second",
                    names.where(),
                    PATIENCE.toSeconds());
        }
        try {
            Thread.sleep(PAUSE.multipliedBy(Math.min(tries, 3)).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LeaseMigrationException(names.where() + "interrupted while waiting for a lock", e);
        }
    }

    List<String> pending() {
        refuseForeignTables();
        return explained(() -> {
            refuseOlderState();
            return Arrays.stream(flyway.info().pending())
                    .map(MigrationInfo::getScript)
                    .toList();
        });
    }

    void check() {
        List<String> pending = pending();
        ValidateResult result = explained(flyway::validateWithResult);
        if (!result.validationSuccessful) {
            throw pending.isEmpty() || !failed().isEmpty()
                    ? explain(new FlywayException(result.getAllErrorMessages()))
                    : new LeaseMigrationException(names.where() + "not applied: " + String.join(", ", pending)
                            + "; apply with LeaseMigrations.migrate(dataSource), --migrate or your own Flyway"
                            + " (docs/migrations.md)");
        }
        refuseMissingTables();
    }

    /** While nothing is released, the first version changes, and there is no way from one text of it to the next. */
    private void refuseOlderState() {
        for (MigrationInfo applied : flyway.info().applied()) {
            Integer ours = applied.getResolvedChecksum();
            Integer theirs = applied.getAppliedChecksum();
            if (ours != null && theirs != null && !ours.equals(theirs)) {
                throw olderState(names.history() + " says that V" + applied.getVersion()
                        + " was applied with the checksum " + theirs + ", ours is " + ours);
            }
        }
    }

    /** The history may say that all was applied, by a baseline at a version that skips the scripts. */
    private void refuseMissingTables() {
        List<String> missing = OURS.stream()
                .filter(table -> !exists(prefix + table))
                .map(names::name)
                .toList();
        if (missing.size() == OURS.size()) {
            throw new LeaseMigrationException(names.where() + names.history()
                    + " says that V1 was applied or skipped by a baseline, but"
                    + " there are no tables. Remedy: drop table " + names.historyInSql()
                    + " and migrate again, with your own"
                    + " Flyway with baselineVersion=0 (docs/migrations.md)");
        }
        if (!missing.isEmpty()) {
            throw olderState("there is no " + String.join(", no ", missing));
        }
    }

    private LeaseMigrationException olderState(String evidence) {
        return new LeaseMigrationException(names.where()
                + "these tables were made by an older development state of leader-lease,"
                + " or by altered scripts (" + evidence + "), and there is no upgrade from those. Remedy: stop all"
                + " candidates, drop them (" + names.drops() + "; drop table " + names.historyInSql()
                + ") and migrate again");
    }

    private <T> T explained(Supplier<T> call) {
        try {
            return call.get();
        } catch (FlywayException e) {
            throw explain(e);
        }
    }

    private LeaseMigrationException explain(FlywayException e) {
        String remedy = "";
        try {
            List<String> failed = failed();
            remedy = failed.isEmpty() ? "" : halfApplied(failed);
        } catch (FlywayException unknown) {
            e.addSuppressed(unknown);
        }
        return new LeaseMigrationException(names.where() + e.getMessage() + remedy, e);
    }

    /** The versions that stopped half-way. */
    private List<String> failed() {
        return Arrays.stream(flyway.info().all())
                .filter(info -> info.getState().isFailed())
                .map(info -> info.getVersion().getVersion())
                .toList();
    }

    private String halfApplied(List<String> versions) {
        return "\nA migration stopped half-way, and " + server.engine().product()
                + " cannot roll back DDL. Remedy: mend the cause; " + leftovers(versions)
                + "; then forget the failure (" + LockTimeout.forget(server.engine(), names.historyInSql())
                + ") and migrate again";
    }

    /** The first version makes the tables; a later one must not cost anybody the terms that are in them. */
    private String leftovers(List<String> versions) {
        return versions.contains("1")
                ? "if nobody uses the tables yet, drop what is there (" + names.drops() + ")"
                : "keep the tables, and undo by hand what the script has done (leader-lease/migration in the jar)";
    }

    private void refuseForeignTables() {
        // the table first: whoever migrates just now created the history before it
        if (exists(prefix + "leader_lease") && !exists(names.history())) {
            throw new LeaseMigrationException(
                    "the table " + names.name("leader_lease") + " exists, but not the history table "
                            + names.name("leader_lease_history")
                            + ", as far as this user may see: either it was created in another way (by hand from the printed SQL,"
                            + " or by a Flyway with another history table); then go on in that way and leave LeaseMigrations"
                            + " (--migrate) out, or let it take over by a baseline at the version that the tables have"
                            + " (docs/migrations.md). Or this user may not read the history: migrate as the owner of the tables,"
                            + " and leave --migrate out for candidates");
        }
    }

    private boolean exists(String table) {
        // ours are written without quotes and folded by the database, the history table is quoted by Flyway; the view
        // is
        // in upper case because an H2 may fold nothing
        String query =
                "select 1 from INFORMATION_SCHEMA.TABLES where TABLE_SCHEMA = ? and lower(TABLE_NAME) = lower(?)";
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, schema);
            statement.setString(2, table);
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        } catch (SQLException e) {
            throw unreachable(e);
        }
    }

    /** Some drivers repeat the whole URL, with the password in it. */
    private static LeaseMigrationException unreachable(SQLException e) {
        String message = String.valueOf(e.getMessage());
        String shown = message.replaceAll("jdbc:\\S+", "jdbc:***");
        SQLException cause = shown.equals(message) ? e : new SQLException(shown, e.getSQLState());
        return new LeaseMigrationException(
                "cannot ask the database (SQLState " + e.getSQLState() + "): " + shown
                        + "; check that it runs, its URL, user and password",
                cause);
    }
}
