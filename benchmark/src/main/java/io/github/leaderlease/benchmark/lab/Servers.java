package io.github.leaderlease.benchmark.lab;

import io.github.leaderlease.benchmark.peers.Endpoints;
import io.github.leaderlease.benchmark.peers.PeerTables;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** All servers that contenders need: the database, and of the others those that are found on this machine. */
final class Servers implements AutoCloseable {

    private final Map<String, String> endpoints = new LinkedHashMap<>();
    private final Map<String, String> versions = new LinkedHashMap<>();
    private final List<Daemon> running = new ArrayList<>();
    private final Path folder;

    private Servers(Path folder) {
        this.folder = folder;
    }

    static Servers start(TestDatabase database, Path folder, Set<String> needed) throws Exception {
        Servers servers = new Servers(folder);
        PeerTables.prepare(database);
        servers.endpoints.put("url", database.url());
        servers.endpoints.put("user", database.user());
        servers.endpoints.put("password", database.password());
        try {
            if (needed.contains("zookeeper")) {
                servers.zooKeeper();
            }
            if (needed.contains("etcd")) {
                servers.etcd();
            }
            if (needed.contains("redis")) {
                servers.redis();
            }
            return servers;
        } catch (Exception e) {
            servers.close();
            throw e;
        }
    }

    Endpoints endpoints() {
        return new Endpoints(endpoints);
    }

    Map<String, String> versions() {
        return versions;
    }

    private void zooKeeper() throws IOException, InterruptedException {
        int port = Daemon.freePort();
        List<String> command = Jvm.command(ZooKeeperMain.class, List.of(Integer.toString(port)));
        running.add(Daemon.start(port, folder.resolve("zookeeper.log"), command));
        endpoints.put("zookeeper", "127.0.0.1:" + port);
        versions.put("ZooKeeper", org.apache.zookeeper.Version.getVersion() + " (curator-test)");
    }

    private void etcd() throws IOException, InterruptedException {
        Optional<Path> etcd = Daemon.find("etcd");
        if (etcd.isEmpty()) {
            return;
        }
        int port = Daemon.freePort();
        String client = "http://127.0.0.1:" + port;
        String peer = "http://127.0.0.1:" + Daemon.freePort();
        List<String> command = List.of(
                etcd.get().toString(),
                "--name=lab",
                "--data-dir=" + Files.createTempDirectory(folder, "etcd"),
                "--listen-client-urls=" + client,
                "--advertise-client-urls=" + client,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=lab=" + peer);
        running.add(Daemon.start(port, folder.resolve("etcd.log"), command));
        endpoints.put("etcd", client);
        versions.put("etcd", Daemon.firstLine(List.of(etcd.get().toString(), "--version")));
    }

    private void redis() throws IOException, InterruptedException {
        Optional<Path> redis = Daemon.find("redis-server");
        if (redis.isEmpty()) {
            return;
        }
        int port = Daemon.freePort();
        List<String> command = List.of(
                redis.get().toString(),
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--dir",
                Files.createTempDirectory(folder, "redis").toString(),
                "--save",
                "",
                "--appendonly",
                "no");
        running.add(Daemon.start(port, folder.resolve("redis.log"), command));
        endpoints.put("redis", "redis://127.0.0.1:" + port);
        versions.put("Redis", Daemon.firstLine(List.of(redis.get().toString(), "--version")));
    }

    @Override
    public void close() {
        running.forEach(Daemon::close);
    }
}
