/** What it costs to ask whether one leads, by JMH. */
@NullMarked
package io.github.leaderlease.benchmark.api;

import org.jspecify.annotations.NullMarked;
