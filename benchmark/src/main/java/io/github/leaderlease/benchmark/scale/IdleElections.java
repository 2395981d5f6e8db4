package io.github.leaderlease.benchmark.scale;

/** Elections that several processes take part in, all of which have their leader. Threads of this JVM, not processes. */
interface IdleElections extends AutoCloseable {

    /** How many elections have a leader. */
    int led();

    @Override
    void close();
}
