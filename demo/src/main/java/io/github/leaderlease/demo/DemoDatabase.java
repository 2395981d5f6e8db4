package io.github.leaderlease.demo;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The database of one demo, ours or somebody else's, with tables of its own that are gone when it is closed. */
final class DemoDatabase implements AutoCloseable {

    private final @Nullable EmbeddedH2 embedded;
    private final DemoTables tables;
    private final String product;

    private DemoDatabase(@Nullable EmbeddedH2 embedded, DemoTables tables, String product) {
        this.embedded = embedded;
        this.tables = tables;
        this.product = product;
    }

    static DemoDatabase embedded(Duration ttl) throws SQLException {
        EmbeddedH2 h2 = EmbeddedH2.start(ttl);
        DemoTables tables = new DemoTables(h2.address(), "");
        return new DemoDatabase(h2, tables, tables.product());
    }

    /**
     * Chooses a prefix that no other tables have.
     *
     * @throws IllegalArgumentException if the URL cannot be meant
     * @throws SQLException if the server cannot be reached or refuses
     */
    static DemoDatabase at(DatabaseAddress address) throws SQLException {
        check(address);
        int random = ThreadLocalRandom.current().nextInt(1 << 24);
        DemoTables tables = new DemoTables(address, "demo_" + HexFormat.of().toHexDigits(random, 6) + "_");
        return new DemoDatabase(null, tables, tables.product());
    }

    private static void check(DatabaseAddress address) throws SQLException {
        try {
            DriverManager.getDriver(address.url());
        } catch (SQLException e) {
            throw new IllegalArgumentException(
                    "no database driver understands --url '" + address.shown()
                            + "': use jdbc:postgresql://HOST/DATABASE,"
                            + " jdbc:mysql://HOST/DATABASE, jdbc:mariadb://HOST/DATABASE or jdbc:h2:tcp://HOST/PATH",
                    e);
        }
        String url = address.url().toLowerCase(Locale.ROOT);
        boolean server = url.startsWith("jdbc:h2:tcp:") || url.startsWith("jdbc:h2:ssl:");
        if (url.startsWith("jdbc:h2:") && !server) {
            throw new IllegalArgumentException(
                    "--url '" + address.shown() + "' is a database inside one process, but the"
                            + " nodes are processes of their own: use jdbc:h2:tcp://HOST/PATH, or leave --url out and the demo"
                            + " brings a database of its own");
        }
    }

    DemoTables tables() {
        return tables;
    }

    /** What it is and what the demo does to it, for people. */
    String described() {
        return embedded == null
                ? product + " at " + tables.address().shown()
                : product + ", inside the demo itself, so that it outlives any node";
    }

    boolean isEmbedded() {
        return embedded != null;
    }

    /** May be called again. */
    @Override
    public void close() throws SQLException {
        if (embedded == null) {
            try {
                tables.drop();
            } catch (SQLException e) {
                throw new SQLException(
                        "the tables that the demo made are still there; remove them by hand ("
                                + String.join("; ", tables.drops()) + "). "
                                + tables.address().shown() + " says: "
                                + e.getMessage(),
                        e);
            }
        } else {
            embedded.close();
        }
    }
}
