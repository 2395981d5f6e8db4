package io.github.leaderlease;

import io.github.leaderlease.testkit.InMemoryDatabase;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The database: one server whose incarnation changes with every life, or several whose incarnation is their name and comes
 * back with them. One of them is the primary, the others refuse; a switch-over restarts nothing and may lose what was
 * committed last.
 */
final class Servers {

    private final World world;
    private final List<InMemoryDatabase> servers = new ArrayList<>();
    private final List<Link> links = new ArrayList<>();
    private final long[] demotedAt;
    private int primary;

    Servers(World world, int number, InstantSource clock) {
        this.world = world;
        this.demotedAt = new long[number];
        Arrays.fill(demotedAt, Long.MIN_VALUE / 2);
        for (int i = 0; i < number; i++) {
            InMemoryDatabase server = new InMemoryDatabase(clock);
            servers.add(number == 1 ? server : server.asServer("server " + i));
            server.refuseWrites(i != primary);
        }
    }

    boolean several() {
        return servers.size() > 1;
    }

    InMemoryDatabase primary() {
        return servers.get(primary);
    }

    List<InMemoryDatabase> all() {
        return servers;
    }

    boolean isPrimary(Link link) {
        return link.server == primary;
    }

    /** A driver or proxy mostly finds the primary; some take whatever host answers first. */
    Link connect(SimulatedProcess process, boolean renewing) {
        boolean right = !several() || world.isQuiet() || world.profile().calm() || world.random(0.7);
        int to = right ? primary : world.random().nextInt(servers.size());
        Link link = new Link(
                process, to, renewing, new ObservedStore(servers.get(to).open(), process, world), to != primary);
        links.add(link);
        return link;
    }

    void drop(Link link) {
        links.remove(link);
    }

    /** The connections to the primary break. */
    void breakConnections() {
        for (Link link : links) {
            link.broken |= isPrimary(link);
        }
    }

    /**
     * Another server becomes the primary.
     *
     * @param contents what it has been told by then; null for everything
     */
    void switchOver(int to, InMemoryDatabase.@Nullable Snapshot contents, boolean cutting) {
        if (to == primary || !mayBePromoted(to)) {
            return;
        }
        InMemoryDatabase.Snapshot all = primary().snapshot();
        primary().refuseWrites(true);
        demotedAt[primary] = world.time().nanos();
        for (Link link : links) {
            if (isPrimary(link)) {
                link.noticed = false;
                link.broken |= cutting;
            }
        }
        primary = to;
        primary().restore(contents == null ? all : contents);
        primary().refuseWrites(false);
        world.trace().log("CHAOS", () -> "the primary is server " + primary);
    }

    /** Two switches between two looks of one process, in a very short time, are outside the guarantee. */
    private boolean mayBePromoted(int server) {
        links.removeIf(link -> link.process.time().dead());
        long longest = world.profile().timings().stream()
                .mapToLong(timing -> Watch.longestPause(timing.callTimeout()))
                .max()
                .orElseThrow();
        boolean longAgo = world.time().nanos() - demotedAt[server] > longest / 100 * 106;
        return longAgo
                || links.stream()
                        .allMatch(link -> link.server != server || link.renewing || link.broken || link.noticed);
    }
}
