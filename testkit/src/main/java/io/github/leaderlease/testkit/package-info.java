/**
 * What tests of leader election need: virtual time, a lease store in memory, a TCP proxy that injects faults, and the
 * contract that every lease store passes. For use in tests only.
 */
@NullMarked
package io.github.leaderlease.testkit;

import org.jspecify.annotations.NullMarked;
