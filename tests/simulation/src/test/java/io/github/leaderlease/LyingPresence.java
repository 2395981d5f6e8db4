package io.github.leaderlease;

import io.github.leaderlease.spi.PresenceStore;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Forgets what it is told, and names heirs that are dead, that never were, that have just resigned, or none. */
final class LyingPresence implements PresenceStore {

    private final PresenceStore honest;
    private final World world;

    LyingPresence(PresenceStore honest, World world) {
        this.honest = honest;
        this.world = world;
    }

    @Override
    public boolean announce(Node node, List<Entry> standing, Collection<String> left) {
        return world.random(0.3) || honest.announce(node, standing, left);
    }

    @Override
    public boolean leave(String nodeId) {
        return world.random(0.5) && honest.leave(nodeId);
    }

    @Override
    public boolean sweep(Duration silence) {
        return honest.sweep(world.random(0.5) ? Duration.ZERO : silence);
    }

    @Override
    public Map<String, Heir> heirs(Collection<String> elections, String exceptNodeId, @Nullable String nodeName) {
        Map<String, Heir> heirs = new HashMap<>(honest.heirs(elections, exceptNodeId, nodeName));
        for (String election : elections) {
            if (world.random(0.3)) {
                heirs.put(election, heir(world.anyName()));
            } else if (world.random(0.1)) {
                heirs.put(election, heir(exceptNodeId));
            } else if (world.random(0.2)) {
                heirs.remove(election);
            }
        }
        return heirs;
    }

    private Heir heir(String node) {
        return new Heir(node, node, world.random().nextInt(5));
    }

    /** That everybody comes first, or nobody. */
    @Override
    public Map<String, Integer> ranks(Collection<String> elections, String nodeId) {
        Map<String, Integer> ranks = new HashMap<>(honest.ranks(elections, nodeId));
        for (String election : elections) {
            if (world.random(0.5)) {
                ranks.put(election, world.random(0.5) ? 0 : world.random().nextInt(100) - 10);
            }
        }
        return ranks;
    }

    @Override
    public List<Present> candidates(String election) {
        return honest.candidates(election);
    }
}
