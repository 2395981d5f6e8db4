package io.github.leaderlease.testdatabases;

import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** MySQL from files that somebody unpacked, or that Maven brought. */
final class MysqlSource {
    private static final String HOME = "LEADER_LEASE_TEST_MYSQL_HOME";

    private MysqlSource() {}

    /** The server in the folder that the environment names. */
    static Source fromHome() {
        return (tested, alone) -> {
            String home = System.getenv(HOME);
            if (home == null) {
                throw new AbsentException(
                        HOME
                                + " is not set; it names a folder with bin/mysqld, or with mysqld beside Debian's files in root/usr");
            }
            return start(tested, alone, inHome(Path.of(home)), "from " + HOME);
        };
    }

    /** The server inside a jar, of which we use nothing else: the one at the root of the class path or in a folder. */
    static Source fromMaven(String folder) {
        return (tested, alone) -> {
            URL archive = MysqlSource.class.getResource(folder + "/mysql-Linux-amd64.tar.gz");
            if (archive == null || !System.getProperty("os.arch").equals("amd64")) {
                throw new AbsentException("Maven has it for Linux on amd64 only");
            }
            return start(tested, alone, plain(Cache.unpackTar("mysql", archive)), "from Maven");
        };
    }

    private static TestServer start(DatabaseUnderTest tested, boolean alone, Installation found, String origin)
            throws AbsentException {
        String remedy = found.server() + " needs the system library libaio.so.1 (Debian: libaio1)";
        Command.requireRunnable(found.server(), remedy, "--no-defaults", "--version");
        Path directory = Folders.newServerFolder("mysql");
        Path data = InitializedData.into(directory, found.server(), folder -> {
            List<String> initialize = new ArrayList<>(found.command(folder));
            initialize.add("--initialize-insecure");
            return initialize;
        });
        int port = Ports.free();
        List<String> command = MysqlFamily.serving(found.command(data), directory, port);
        command.add("--mysqlx=OFF");
        if (alone) {
            command.addAll(MysqlFamily.BINARY_LOG);
        } else {
            command.add("--disable-log-bin");
        }
        if (tested == DatabaseUnderTest.MYSQL) {
            command.add("--plugin-load-add=semisync_source.so");
            // a candidate asks it who is in the way; the last of two settings counts
            command.add("--performance-schema=ON");
        }
        Endpoint endpoint = Endpoint.local(port, "mysql");
        return new TestServer(
                tested, endpoint, origin, new LocalServer(Engine.MYSQL, endpoint, command, directory).start());
    }

    private static Installation inHome(Path home) throws AbsentException {
        if (Files.isExecutable(home.resolve("bin/mysqld"))) {
            return plain(home);
        }
        if (!Files.isExecutable(home.resolve("mysqld"))) {
            throw new AbsentException(HOME + "=" + home + " holds neither mysqld nor bin/mysqld");
        }
        Path base = home.resolve("root/usr");
        return new Installation(
                home.resolve("mysqld"), base, base.resolve("share/mysql"), base.resolve("lib/mysql/plugin"));
    }

    private static Installation plain(Path home) {
        return new Installation(home.resolve("bin/mysqld"), home, home.resolve("share"), home.resolve("lib/plugin"));
    }

    /** Where the parts of a MySQL server are. */
    private record Installation(Path server, Path base, Path share, Path plugins) {
        List<String> command(Path data) {
            return List.of(
                    server.toString(),
                    "--no-defaults",
                    "--user=" + System.getProperty("user.name"),
                    "--basedir=" + base,
                    "--datadir=" + data,
                    "--lc-messages-dir=" + share,
                    "--character-sets-dir=" + share.resolve("charsets"),
                    "--plugin-dir=" + plugins,
                    "--secure-file-priv=NULL",
                    "--innodb-use-native-aio=OFF",
                    "--loose-innodb-redo-log-capacity=16M");
        }
    }
}
