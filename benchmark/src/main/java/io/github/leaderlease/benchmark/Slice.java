package io.github.leaderlease.benchmark;

/**
 * What one variant did in one of its turns.
 *
 * @param commits transactions that were committed, by all threads
 * @param perSecond the same per second
 * @param medianMicros how long one of them took, in microseconds
 * @param used what the server has used up meanwhile
 */
record Slice(long commits, double perSecond, double medianMicros, Counters used) {

    double walBytesPerCommit() {
        return (double) used.walBytes() / commits;
    }

    double multixactsPerThousand() {
        return 1000.0 * used.multixacts() / commits;
    }
}
