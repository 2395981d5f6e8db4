package io.github.leaderlease.testdatabases;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;

/** H2, in this JVM or in a process of its own. */
final class H2Source {
    private static final String ADMIN = "admin";

    private H2Source() {}

    static Source memory() {
        return new Source() {
            @Override
            public TestServer start(DatabaseUnderTest tested, boolean alone) {
                Endpoint endpoint = new Endpoint("mem:", 0, ADMIN, Endpoint.USER, Endpoint.PASSWORD, "");
                return new TestServer(tested, endpoint, "in memory", null);
            }

            @Override
            public boolean local() {
                return false;
            }
        };
    }

    static Source server() {
        return (tested, alone) -> {
            int port = Ports.free();
            Endpoint endpoint =
                    new Endpoint("tcp://127.0.0.1:" + port + "/./", port, ADMIN, Endpoint.USER, Endpoint.PASSWORD, "");
            Path directory = Folders.newServerFolder("h2");
            LocalServer server = new LocalServer(Engine.H2, endpoint, command(port, directory), directory);
            return new TestServer(tested, endpoint, "own process", server.start());
        };
    }

    private static List<String> command(int port, Path directory) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dh2.bindAddress=127.0.0.1",
                "-cp",
                jar().toString(),
                "org.h2.tools.Server",
                "-tcp",
                "-tcpPort",
                Integer.toString(port),
                "-ifNotExists",
                "-baseDir",
                directory.toString());
    }

    private static Path jar() {
        try {
            return Path.of(org.h2.Driver.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
