package io.github.leaderlease.benchmark.lab;

import io.github.leaderlease.benchmark.Run;
import io.github.leaderlease.benchmark.peers.Contender;
import io.github.leaderlease.benchmark.peers.Endpoints;
import io.github.leaderlease.benchmark.report.Grid;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Servers, and of each contender that can take part a leader and a follower. */
final class FailoverLab implements AutoCloseable {

    private final Endpoints endpoints;
    private final TestDatabase database;
    private final Servers servers;
    private final Path folder;
    private final Map<Contender, Pair> pairs = new EnumMap<>(Contender.class);
    private final Map<Contender, String> absent = new EnumMap<>(Contender.class);

    private FailoverLab(TestDatabase database, Servers servers, Path folder) {
        this.database = database;
        this.servers = servers;
        this.folder = folder;
        this.endpoints = servers.endpoints();
    }

    /** Everybody is launched first and begins then, so that the start of one does not disturb another's work. */
    static FailoverLab open(Run run, List<Contender> contenders, Duration ttl) throws Exception {
        TestDatabase database = DatabaseUnderTest.POSTGRESQL.fresh();
        Set<String> needed = contenders.stream().map(Contender::server).collect(Collectors.toSet());
        Path folder = Files.createTempDirectory("leader-lease-lab-");
        FailoverLab lab = new FailoverLab(database, Servers.start(database, folder, needed), folder);
        run.report().setting("Database of the lab", database.label());
        lab.servers.versions().forEach(run.report()::setting);
        try {
            lab.begin(run, contenders, ttl);
            return lab;
        } catch (Exception e) {
            lab.close();
            throw e;
        }
    }

    private void begin(Run run, List<Contender> contenders, Duration ttl) throws Exception {
        for (Contender contender : contenders) {
            String reason = contender.absence(endpoints).orElse(null);
            if (reason != null) {
                absent.put(contender, reason);
                continue;
            }
            run.progress().tell(0, "starts two processes of " + contender.title());
            pairs.put(contender, new Pair(contender, endpoints, ttl, log(run)));
        }
        for (Pair pair : pairs.values()) {
            pair.begin();
        }
    }

    private static Path log(Run run) throws IOException {
        return run.report().folder().resolve("lab.log");
    }

    List<Pair> pairs() {
        return new ArrayList<>(pairs.values());
    }

    /** A row for each who is not here. */
    void tellAbsent(Grid grid) {
        absent.forEach((contender, reason) -> grid.row(contender.title(), reason));
    }

    @Override
    public void close() throws IOException {
        pairs.values().forEach(Pair::close);
        servers.close();
        database.close();
        Folder.delete(folder);
    }
}
