package io.github.leaderlease.benchmark.calls;

import java.sql.SQLException;

/** One lease or lock that is taken, prolonged and given back, again and again. */
interface Cycle extends AutoCloseable {

    /** Nanoseconds of the three calls, in this order. */
    long[] run() throws Exception;

    @Override
    void close() throws SQLException;

    /** A call that is timed. */
    interface Call {
        void run() throws Exception;
    }

    static long time(Call call) throws Exception {
        long begun = System.nanoTime();
        call.run();
        return System.nanoTime() - begun;
    }
}
