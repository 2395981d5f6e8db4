/** Whether the benchmark measures what it says, in a fraction of a second; its figures are for quiet machines. */
@NullMarked
package io.github.leaderlease.benchmark;

import org.jspecify.annotations.NullMarked;
