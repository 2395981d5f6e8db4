package io.github.leaderlease.benchmark.scale;

/** Who holds some leases or locks, and can prolong them. */
interface Renewer extends AutoCloseable {

    /** Prolongs each of them once. */
    void renewAll() throws Exception;

    @Override
    void close();
}
