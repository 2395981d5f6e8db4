/** Single calls of the store against the bare statements, and against the locks of the peers. */
@NullMarked
package io.github.leaderlease.benchmark.calls;

import org.jspecify.annotations.NullMarked;
