package io.github.leaderlease.benchmark.peers;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Who takes part, each with settings of its own. */
public enum Contender {
    /** Ours. */
    OURS("leader-lease", "url"),
    /** Ours where the database cannot tell. */
    OURS_POLLING("leader-lease, polling only", "url"),
    /** By hand. */
    ADVISORY_WAITING("advisory lock, waiting", "url"),
    /** By hand, in a loop. */
    ADVISORY_TRYING("advisory lock, tried each 100 ms", "url"),
    /** As it comes. */
    SPRING("Spring Integration, defaults", "url"),
    /** As fast as is sensible. */
    SPRING_FAST("Spring Integration, tries each 10 ms", "url"),
    /** In a loop as slow as most people would have it. */
    SHEDLOCK("ShedLock, tried each 1 s", "url"),
    /** In a fast loop. */
    SHEDLOCK_FAST("ShedLock, tried each 50 ms", "url"),
    /** With a session as long as our TTL. */
    CURATOR("Curator LeaderLatch, session = TTL", "zookeeper"),
    /** As it comes. */
    CURATOR_DEFAULT("Curator LeaderLatch, session 60 s (default)", "zookeeper"),
    /** With a lease as long as our TTL. */
    ETCD("etcd election, lease = TTL", "etcd"),
    /** With a watchdog as long as our TTL. */
    REDISSON("Redisson RLock, watchdog = TTL", "redis"),
    /** As it comes. */
    REDISSON_DEFAULT("Redisson RLock, watchdog 30 s (default)", "redis");

    private static final Duration TEN_MILLIS = Duration.ofMillis(10);
    private static final Duration FIFTY_MILLIS = Duration.ofMillis(50);
    private static final Duration TENTH = Duration.ofMillis(100);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final int POOL = 3;

    private final String title;
    private final String server;

    Contender(String title, String server) {
        this.title = title;
        this.server = server;
    }

    /** For people. */
    public String title() {
        return title;
    }

    /** Why it cannot take part; empty if it can. */
    public Optional<String> absence(Endpoints endpoints) {
        return endpoints.find(server) == null ? Optional.of("not run (no " + server + " here)") : Optional.empty();
    }

    /** Who can be told apart: settings that matter only when a leader dies are left out if none does. */
    public static List<Contender> all(boolean leadersDie) {
        return Arrays.stream(values())
                .filter(each -> leadersDie || (each != CURATOR_DEFAULT && each != REDISSON_DEFAULT))
                .filter(each -> each != OURS_POLLING || LeaderLease.NOTIFICATIONS_CAN_BE_CHOSEN)
                .toList();
    }

    /** Those who are told of a change rather than ask for it. */
    public static List<Contender> told() {
        return List.of(OURS, ADVISORY_WAITING, CURATOR, ETCD, REDISSON);
    }

    /** One of each kind that needs nothing but the database. */
    public static List<Contender> few() {
        return List.of(OURS, ADVISORY_WAITING, SHEDLOCK_FAST);
    }

    /** The server that it needs, as {@link Endpoints} calls it. */
    public String server() {
        return server;
    }

    /** What one has to run for it. */
    public String needs() {
        return server.equals("url") ? "needs only the database" : "needs one more system";
    }

    /** Whether its own default decides when a dead leader is noticed, and not the TTL of the lab. */
    public boolean ownTimeout() {
        return this == CURATOR_DEFAULT || this == REDISSON_DEFAULT;
    }

    /** Made in the candidate's own process. */
    public Candidate candidate(Endpoints endpoints, Duration ttl) {
        return switch (this) {
            case OURS -> new LeaderLease(endpoints, name(), ttl, true);
            case OURS_POLLING -> new LeaderLease(endpoints, name(), ttl, false);
            case ADVISORY_WAITING -> new AdvisoryLock(endpoints, name().hashCode(), null);
            case ADVISORY_TRYING -> new AdvisoryLock(endpoints, name().hashCode(), TENTH);
            case SPRING -> new SpringIntegration(endpoints.pool(POOL), name(), ttl, null);
            case SPRING_FAST -> new SpringIntegration(endpoints.pool(POOL), name(), ttl, TEN_MILLIS);
            case SHEDLOCK -> new ShedLock(endpoints.pool(POOL), name(), ttl, SECOND);
            case SHEDLOCK_FAST -> new ShedLock(endpoints.pool(POOL), name(), ttl, FIFTY_MILLIS);
            case CURATOR -> new Curator(endpoints, name(), ttl);
            case CURATOR_DEFAULT -> new Curator(endpoints, name(), null);
            case ETCD -> new Etcd(endpoints, name(), ttl);
            case REDISSON -> new RedissonLock(endpoints, name(), ttl);
            case REDISSON_DEFAULT -> new RedissonLock(endpoints, name(), null);
        };
    }
}
