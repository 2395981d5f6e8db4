package io.github.leaderlease;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What users know our log by: two of our public types. By name, so that no class depends on another for its logger. */
final class Loggers {

    /** What concerns one election. */
    static final Logger ELECTION = LoggerFactory.getLogger("io.github.leaderlease.LeaderElection");

    /** What concerns the whole process. */
    static final Logger COORDINATOR = LoggerFactory.getLogger("io.github.leaderlease.LeaseCoordinator");

    private Loggers() {}
}
