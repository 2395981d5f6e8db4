package io.github.leaderlease;

import io.github.leaderlease.spi.LeaseStore;

/** A connection of one process to one of the servers. What was sent on it arrives there, however late. */
final class Link {

    final SimulatedProcess process;
    final int server;
    final boolean renewing;
    final LeaseStore store;

    /** The server has cut it off. */
    boolean broken;

    /** A look on it has failed since its server was demoted, so its process knows that something is going on. */
    boolean noticed;

    Link(SimulatedProcess process, int server, boolean renewing, LeaseStore store, boolean noticed) {
        this.process = process;
        this.server = server;
        this.renewing = renewing;
        this.store = store;
        this.noticed = noticed;
    }
}
