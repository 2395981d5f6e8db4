package io.github.leaderlease.testdatabases;

/** One way to get the server of a database under test. */
@FunctionalInterface
interface Source {
    /**
     * Starts, or finds, the server.
     *
     * @param alone for one test alone, which may make its commits wait for a replica
     * @throws AbsentException if this way is not open on this machine
     * @throws IllegalStateException if it is open and the server failed
     */
    TestServer start(DatabaseUnderTest tested, boolean alone) throws AbsentException;

    /** Whether the server is a process of ours, so that a test can have one for itself and crash it. */
    default boolean local() {
        return true;
    }
}
