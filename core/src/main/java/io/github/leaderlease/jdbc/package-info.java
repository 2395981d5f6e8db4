/**
 * The store and the fence over JDBC: one statement or transaction for each call, spelled by a
 * {@link io.github.leaderlease.spi.Dialect}. Not exported. Knows neither elections nor clocks.
 */
@NullMarked
package io.github.leaderlease.jdbc;

import org.jspecify.annotations.NullMarked;
