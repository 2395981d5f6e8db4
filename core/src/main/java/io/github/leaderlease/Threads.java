package io.github.leaderlease;

/** Makes threads; it is a part of the world that may fail, for a process may have no room for another one. */
@FunctionalInterface
interface Threads {

    /**
     * A daemon thread, not yet started.
     *
     * @param name for people
     */
    Thread daemon(Runnable task, String name);
}
