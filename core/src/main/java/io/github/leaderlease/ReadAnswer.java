package io.github.leaderlease;

import io.github.leaderlease.spi.Reading;

/**
 * A read's answer about one election.
 *
 * @param sentAt when the engine decided to read, on the monotonic clock
 * @param receivedAt when the engine got the answer
 */
record ReadAnswer(long sentAt, ClockReading receivedAt, String incarnation, Reading.Election election) {}
