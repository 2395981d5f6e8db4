/**
 * What a database must be able to do for elections: the operations of a store, and the
 * {@link io.github.leaderlease.spi.Dialect} that tells how one database product spells them.
 *
 * <p>Applications do not need this package. Dialect authors do; the store contract in the test kit tells them whether
 * they got it right. Nothing in here knows an election's state or decides by a clock.
 */
@NullMarked
package io.github.leaderlease.spi;

import org.jspecify.annotations.NullMarked;
