package io.github.leaderlease;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/** A thousand simulated clusters have too much to tell. */
final class QuietLog {

    private QuietLog() {}

    static void set() {
        ((Logger) LoggerFactory.getLogger(LeaderElection.class)).setLevel(Level.OFF);
    }
}
