/** The library as users see it, on real databases: elections, faults of network, pool, process and server, bad input. */
@NullMarked
package io.github.leaderlease.integration;

import org.jspecify.annotations.NullMarked;
