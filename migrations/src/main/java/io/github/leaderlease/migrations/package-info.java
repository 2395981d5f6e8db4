/**
 * Creates and checks the tables of leader-lease: plain versioned SQL under {@code leader-lease/migration} on the class
 * path, one folder for each database, applied by {@link io.github.leaderlease.migrations.LeaseMigrations}, by a Flyway of
 * one's own, or by hand.
 */
@NullMarked
package io.github.leaderlease.migrations;

import org.jspecify.annotations.NullMarked;
