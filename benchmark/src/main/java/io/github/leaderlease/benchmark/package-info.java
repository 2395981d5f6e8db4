/** Measures what leader-lease costs, on real databases, side by side with the same work without it. */
@NullMarked
package io.github.leaderlease.benchmark;

import org.jspecify.annotations.NullMarked;
