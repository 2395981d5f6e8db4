/** Small parts of the benchmark that can be wrong without anybody noticing. */
@NullMarked
package io.github.leaderlease.benchmark.crowd;

import org.jspecify.annotations.NullMarked;
