package io.github.leaderlease.testdatabases;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/** Gets the server of a database under test from the first source that has it, once per JVM, and records how that went. */
final class SharedServer {
    private static final Map<DatabaseUnderTest, SharedServer> SERVERS = Arrays.stream(DatabaseUnderTest.values())
            .collect(Collectors.toUnmodifiableMap(
                    tested -> tested, tested -> new SharedServer(tested, sources(tested), DatabaseRecord::announce)));

    private static final String ONLY = "leaderlease.databases";

    private final DatabaseUnderTest tested;
    private final List<Source> sources;
    private final Consumer<DatabaseRecord> recorder;
    private @Nullable TestServer server;
    private @Nullable RuntimeException refusal;

    static SharedServer of(DatabaseUnderTest tested) {
        return Objects.requireNonNull(SERVERS.get(tested));
    }

    SharedServer(DatabaseUnderTest tested, List<Source> sources, Consumer<DatabaseRecord> recorder) {
        this.tested = tested;
        this.recorder = recorder;
        this.sources = sources;
    }

    synchronized TestServer require() {
        if (refusal != null) {
            throw refusal;
        }
        if (server == null) {
            try {
                server = first(sources, false).forAll();
            } catch (RuntimeException e) {
                refusal = e;
                throw e;
            }
        }
        server.revive();
        return server;
    }

    TestServer startPrivate() {
        return first(sources.stream().filter(Source::local).toList(), true);
    }

    /** A build may be meant for some databases only. */
    private static boolean leftOut(DatabaseUnderTest tested) {
        String databases = System.getProperty(ONLY);
        return databases != null && !List.of(databases.split(",")).contains(tested.name());
    }

    private TestServer first(List<Source> candidates, boolean alone) {
        if (leftOut(tested)) {
            throw new TestAbortedException(tested + " is not among -D" + ONLY + "=" + System.getProperty(ONLY));
        }
        List<String> reasons = new ArrayList<>();
        for (Source source : candidates) {
            try {
                TestServer found = source.start(tested, alone);
                recorder.accept(DatabaseRecord.ran(found));
                return found;
            } catch (AbsentException e) {
                reasons.add(e.reason());
            } catch (RuntimeException e) {
                recorder.accept(DatabaseRecord.failed(tested.name(), String.valueOf(e.getMessage())));
                throw e;
            }
        }
        String reason = String.join("; ", reasons);
        String kind = alone ? "private " : "";
        recorder.accept(DatabaseRecord.absent(tested.name(), kind + "server: " + reason));
        throw new TestAbortedException("No " + kind + tested + " on this machine: " + reason);
    }

    private static List<Source> sources(DatabaseUnderTest tested) {
        return switch (tested) {
            case H2_MEMORY -> List.of(H2Source.memory());
            case H2_SERVER -> List.of(H2Source.server());
            case POSTGRESQL ->
                List.of(
                        UrlSource.of("POSTGRESQL"),
                        new PostgresqlSource("postgresql-newest"),
                        new ContainerSource("postgres:18"));
            case POSTGRESQL_OLDEST ->
                List.of(new PostgresqlSource("postgresql-oldest"), new ContainerSource("postgres:14"));
            case MYSQL -> List.of(UrlSource.of("MYSQL"), MysqlSource.fromHome(), new ContainerSource("mysql:9.7"));
            case MYSQL_8_0 -> List.of(MysqlSource.fromMaven("/mysql-8.0"), new ContainerSource("mysql:8.0"));
            case MYSQL_8_0_15 -> List.of(MysqlSource.fromMaven(""), new ContainerSource("mysql:8.0.15"));
            case MARIADB ->
                List.of(
                        UrlSource.of("MARIADB"),
                        MariadbSource.fromMaven(),
                        MariadbSource.fromSystem(),
                        new ContainerSource("mariadb:11.4"));
            case MARIADB_10_11 -> List.of(MariadbSource.fromHome(), new ContainerSource("mariadb:10.11"));
        };
    }
}
