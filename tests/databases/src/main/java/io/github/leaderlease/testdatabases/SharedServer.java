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

/** Gets the server of a leg from the first source that has it, once per JVM, and records how that went. */
final class SharedServer {
    private static final Map<Leg, SharedServer> SERVERS = Arrays.stream(Leg.values())
            .collect(Collectors.toUnmodifiableMap(
                    leg -> leg, leg -> new SharedServer(leg, sources(leg), LegRecord::announce)));

    private static final String LEGS = "leaderlease.legs";

    private final Leg leg;
    private final List<Source> sources;
    private final Consumer<LegRecord> recorder;
    private @Nullable TestServer server;
    private @Nullable RuntimeException refusal;

    static SharedServer of(Leg leg) {
        return Objects.requireNonNull(SERVERS.get(leg));
    }

    SharedServer(Leg leg, List<Source> sources, Consumer<LegRecord> recorder) {
        this.leg = leg;
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

    /** A build may be meant for some legs only. */
    private static boolean leftOut(Leg leg) {
        String legs = System.getProperty(LEGS);
        return legs != null && !List.of(legs.split(",")).contains(leg.name());
    }

    private TestServer first(List<Source> candidates, boolean alone) {
        if (leftOut(leg)) {
            throw new TestAbortedException(leg + " is not among -D" + LEGS + "=" + System.getProperty(LEGS));
        }
        List<String> reasons = new ArrayList<>();
        for (Source source : candidates) {
            try {
                TestServer found = source.start(leg, alone);
                recorder.accept(LegRecord.ran(found));
                return found;
            } catch (AbsentException e) {
                reasons.add(e.reason());
            } catch (RuntimeException e) {
                recorder.accept(LegRecord.failed(leg.name(), String.valueOf(e.getMessage())));
                throw e;
            }
        }
        String reason = String.join("; ", reasons);
        String kind = alone ? "private " : "";
        recorder.accept(LegRecord.absent(leg.name(), kind + "server: " + reason));
        throw new TestAbortedException("No " + kind + leg + " on this machine: " + reason);
    }

    private static List<Source> sources(Leg leg) {
        return switch (leg) {
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
