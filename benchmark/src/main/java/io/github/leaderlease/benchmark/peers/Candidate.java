package io.github.leaderlease.benchmark.peers;

/** One process's part in one election, whoever runs the election. Ends with its process only. */
public interface Candidate {

    /**
     * Stands for election, once at first and again after each {@link #resign}. Does not wait for the outcome.
     *
     * @param leads what to run each time that this candidate becomes the leader, on the thread that learns of it
     */
    void stand(Runnable leads) throws Exception;

    /** Gives up leading. May return before the others can know. */
    void resign() throws Exception;
}
