package io.github.leaderlease;

/** What can go wrong in a simulated world, or be asked for at a bad moment. */
enum Fault {
    /** Requests and answers take up to a quarter of the TTL, a few of them far longer. */
    DELAY,
    /** The answer to an attempt or a renewal comes as late as it may, and its node hears and says nothing after it. */
    LAST_WORD,
    /** Requests or answers get lost, with or without an error. */
    LOSS,
    /** A request takes effect once more, much later. */
    DUPLICATE,
    /** A node is cut off: nothing goes out, or nothing comes in, or both. */
    PARTITION,
    /** A process stands still while its clocks go on. */
    PAUSE,
    /** A host is suspended: one of its clocks stands still too. */
    SUSPEND,
    /** A process dies and is started anew, as somebody else. */
    CRASH,
    /** A node's wall clock is stepped. */
    WALL_STEP,
    /** Clocks run too fast or too slow, by up to 5 %. */
    DRIFT,
    /** Nodes give one election different TTLs. */
    DIFFERENT_TTLS,
    /** The database's clock is stepped by hours. */
    DATABASE_CLOCK,
    /** The database restarts: its incarnation changes, nothing is lost. */
    RESTART,
    /** The database fails over to a standby that lagged. */
    FAILOVER,
    /** Somebody holds rows locked. */
    LOCK,
    /** Listeners take long. */
    SLOW_LISTENER,
    /** A node is not told of changes any more, or again, or of many that never happened. */
    NOTIFICATION,
    /** Who stands for what is not what the tables say, and releases are told of that never happened, with heirs. */
    LYING_PRESENCE,
    /** A node is told to resign, or to transfer its term to a node that may be there or not. */
    RESIGN,
    /** An application takes its candidate out of the running for a while. */
    NOT_ELIGIBLE,
    /** The leader is asked to step down, through the table. */
    STEP_DOWN,
    /** A process closes in good order and is started anew. */
    CLOSE,
    /** Somebody deletes a lease row. */
    DELETE_LEASE,
    /** Somebody deletes all rows of an election: outside the guarantee of one leader in time. */
    DELETE_ALL,
    /**
     * Another server becomes the primary, and later this one again, without a restart. Its incarnation is its name, and
     * what was committed last may be lost.
     */
    SWITCH_OVER
}
