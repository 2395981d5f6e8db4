package io.github.leaderlease.h2;

import java.io.IOException;
import java.lang.reflect.Field;
import java.net.Socket;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The sockets of one connection to an H2 server. H2's driver closes none of them by {@link Connection#abort}, which does
 * nothing, nor when a call has taken longer than NETWORK_TIMEOUT: it forgets it ({@code SessionRemote.removeServer}, as of 2.5),
 * and until a garbage collection of this process the server keeps the session, with all that it has locked. So they are
 * looked up before anything goes wrong. Where a driver is made otherwise none are found, and all is as the driver leaves it.
 */
record DriverSockets(List<Socket> sockets) {

    static final DriverSockets NONE = new DriverSockets(List.of());

    static DriverSockets of(Connection connection) {
        try {
            Connection driver = connection.unwrap(Connection.class);
            Object session = driver.getClass().getMethod("getSession").invoke(driver);
            Field transfers = session.getClass().getDeclaredField("transferList");
            transfers.setAccessible(true);
            List<Socket> sockets = new ArrayList<>();
            for (Object transfer : (Iterable<?>) transfers.get(session)) {
                sockets.add((Socket) transfer.getClass().getMethod("getSocket").invoke(transfer));
            }
            return new DriverSockets(List.copyOf(sockets));
        } catch (ReflectiveOperationException | SQLException | RuntimeException embeddedOrUnknown) {
            return NONE;
        }
    }

    void close() throws SQLException {
        for (Socket socket : sockets) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new SQLException("a socket to the H2 server cannot be closed", e);
            }
        }
    }
}
