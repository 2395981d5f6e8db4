/** How each contender is used: what its own documentation says, with the settings that are measured. */
@NullMarked
package io.github.leaderlease.benchmark.peers;

import org.jspecify.annotations.NullMarked;
