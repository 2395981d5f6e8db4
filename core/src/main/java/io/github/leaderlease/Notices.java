package io.github.leaderlease;

import java.time.Duration;

/** What people should know about the whole process. */
interface Notices {

    /** The engine's own timer came late: this process did not run, or ran out of processors. */
    void late(Duration by);

    /** From now on the database cannot be used; trying again. */
    void databaseAway(Throwable cause);

    /** It can be used again. */
    void databaseBack(Duration after);

    /** What this process stands for cannot be announced: handovers take longer, and nothing else is wrong. */
    void presenceAway(Throwable cause);

    /** It can be announced again. */
    void presenceBack();
}
