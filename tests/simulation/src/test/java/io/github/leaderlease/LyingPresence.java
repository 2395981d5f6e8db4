package io.github.leaderlease;

import io.github.leaderlease.spi.PresenceStore;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
    public Map<String, String> heirs(Collection<String> elections, String exceptNodeId) {
        Map<String, String> heirs = new HashMap<>(honest.heirs(elections, exceptNodeId));
        for (String election : elections) {
            if (world.random(0.3)) {
                heirs.put(election, world.anyName());
            } else if (world.random(0.1)) {
                heirs.put(election, exceptNodeId);
            } else if (world.random(0.2)) {
                heirs.remove(election);
            }
        }
        return heirs;
    }

    @Override
    public List<Present> candidates(String election) {
        return honest.candidates(election);
    }
}
