package io.github.leaderlease;

import java.util.concurrent.Executor;

/**
 * Where user code runs: never on the engine's thread, a lane or any other that elections wait for.
 *
 * @param listeners hears the events: the user's event executor, or threads of our own
 * @param callbacks completes what users may wait on or chain to; threads of our own, as many as it takes
 * @param jobs makes a thread for each job
 */
record UserThreads(Executor listeners, Executor callbacks, Threads jobs) {}
