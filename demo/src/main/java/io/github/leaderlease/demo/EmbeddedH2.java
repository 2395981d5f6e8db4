package io.github.leaderlease.demo;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.h2.tools.Server;

/** An in-memory H2 in this process, served to the nodes on the loopback interface until it is closed. */
final class EmbeddedH2 implements AutoCloseable {

    private static final String USER = "demo";
    private static final long MIN_NETWORK_TIMEOUT_MS = 1000;

    private final Connection keeper;
    private final Server server;
    private final DatabaseAddress address;

    private EmbeddedH2(Connection keeper, Server server, DatabaseAddress address) {
        this.keeper = keeper;
        this.server = server;
        this.address = address;
    }

    static EmbeddedH2 start(Duration ttl) throws SQLException {
        if (System.getProperty("h2.bindAddress") == null) {
            System.setProperty("h2.bindAddress", "127.0.0.1");
        }
        String name = "mem:demo-" + random();
        String password = random();
        // who connects through the server may not create a database, so this one is here first
        Connection keeper = DriverManager.getConnection("jdbc:h2:" + name, USER, password);
        Server server = Server.createTcpServer("-tcpPort", "0", "-tcpDaemon").start();
        long timeout = Math.max(ttl.toMillis() / 5, MIN_NETWORK_TIMEOUT_MS);
        String url = "jdbc:h2:tcp://127.0.0.1:" + server.getPort() + "/" + name + ";NETWORK_TIMEOUT=" + timeout;
        return new EmbeddedH2(keeper, server, new DatabaseAddress(url, USER, password));
    }

    private static String random() {
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    }

    DatabaseAddress address() {
        return address;
    }

    @Override
    public void close() throws SQLException {
        server.stop();
        keeper.close();
    }
}
