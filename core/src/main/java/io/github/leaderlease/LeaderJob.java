package io.github.leaderlease;

/**
 * Work that is done only while this node leads.
 *
 * <p>Started on a thread of its own for each term that this node wins. When the term ends or is given up, that thread is
 * interrupted; the job should then stop. The lease is released only after the job has ended, and this node does not
 * stand for election again before.
 */
@FunctionalInterface
public interface LeaderJob {

    /**
     * Does the work. When it returns, this node goes on leading, without work, until its term ends (see
     * {@link LeaderElectionBuilder#resignWhenDone()} for the other choice); it is started anew in the next term. When it
     * throws, this node resigns and stays away from the next elections, longer each time.
     *
     * @param leadership the term; check {@link Leadership#isValid()} before each effect, or fence it
     * @throws Exception if the work failed; {@link InterruptedException} after a stop was asked for is no failure
     */
    void run(Leadership leadership) throws Exception;
}
