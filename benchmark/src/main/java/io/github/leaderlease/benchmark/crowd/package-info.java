/** Hundreds of candidates for one election, whose leader dies or resigns. */
@NullMarked
package io.github.leaderlease.benchmark.crowd;

import org.jspecify.annotations.NullMarked;
