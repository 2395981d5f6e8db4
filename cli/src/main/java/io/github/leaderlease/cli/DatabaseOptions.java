package io.github.leaderlease.cli;

import io.github.leaderlease.LeaseCoordinator;
import io.github.leaderlease.LeaseCoordinatorBuilder;
import io.github.leaderlease.spi.TableNames;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the tables are. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class DatabaseOptions {

    /** Where the password may be, so that it need not stand in a list of processes. */
    static final String PASSWORD_VARIABLE = "LEADER_LEASE_PASSWORD";

    @Option(
            names = "--url",
            required = true,
            paramLabel = "URL",
            description = "JDBC URL: jdbc:postgresql://..., jdbc:mysql://..., jdbc:mariadb://... or jdbc:h2:tcp://...")
    private String url;

    @Option(names = "--user", paramLabel = "USER", description = "Database user, if the URL does not say it.")
    private @Nullable String user;

    @Option(
            names = "--password",
            paramLabel = "PASSWORD",
            description =
                    "Its password. Everybody on this machine can read it here: rather set " + PASSWORD_VARIABLE + ".")
    private @Nullable String password;

    @Option(
            names = "--schema",
            paramLabel = "NAME",
            description = "Schema of the tables (MySQL, MariaDB: the database), if it is not the connection's own.")
    private @Nullable String schema;

    @Option(names = "--table-prefix", paramLabel = "PREFIX", description = "What the names of the tables start with.")
    private @Nullable String tablePrefix;

    String url() {
        return url;
    }

    @Nullable
    String user() {
        return user;
    }

    @Nullable
    String password() {
        return password == null ? NativeText.variable(PASSWORD_VARIABLE) : password;
    }

    @Nullable
    String schema() {
        return schema;
    }

    @Nullable
    String tablePrefix() {
        return tablePrefix;
    }

    /** Connects for what the library does not do for us. Nothing secret gets into its exceptions. */
    DataSource dataSource() {
        return LeaseCoordinator.dataSource(url, user, password());
    }

    TableNames tables() {
        return new TableNames(schema, tablePrefix == null ? "" : tablePrefix);
    }

    /**
     * Finds out what can be found out without a connection.
     *
     * @throws IllegalArgumentException saying the value and the remedy
     */
    void check() {
        try {
            DriverManager.getDriver(url);
        } catch (SQLException e) {
            String kind = kind(url);
            throw new IllegalArgumentException(
                    "no database driver understands --url, which "
                            + (kind.isEmpty() ? "does not begin with 'jdbc:'" : "begins with '" + kind + "'")
                            + ": use jdbc:postgresql://HOST/DATABASE, jdbc:mysql://HOST/DATABASE,"
                            + " jdbc:mariadb://HOST/DATABASE or jdbc:h2:tcp://HOST/PATH",
                    e);
        }
        if (url.toLowerCase(Locale.ROOT).startsWith("jdbc:h2:mem:")) {
            throw new IllegalArgumentException(
                    "--url names a database inside this very process ('jdbc:h2:mem:'), where"
                            + " nobody else can see it and every node would lead: use a server, such as jdbc:h2:tcp://HOST/PATH");
        }
        tables();
    }

    /** What a message may repeat of a URL: its beginning, such as {@code jdbc:postgresql:}; empty if it has none. */
    private static String kind(String url) {
        Matcher kind = Pattern.compile("^(jdbc:)?[A-Za-z][A-Za-z0-9+.-]*:").matcher(url);
        return kind.find() ? kind.group() : "";
    }

    LeaseCoordinatorBuilder coordinator() {
        LeaseCoordinatorBuilder builder = LeaseCoordinator.builder(url, user, password());
        if (schema != null) {
            builder.schema(schema);
        }
        if (tablePrefix != null) {
            builder.tablePrefix(tablePrefix);
        }
        return builder;
    }
}
