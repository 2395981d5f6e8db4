/**
 * Real database servers for the tests of this build: a {@link io.github.leaderlease.testdatabases.DatabaseUnderTest} is one server that
 * tests can run on, a {@link io.github.leaderlease.testdatabases.TestServer} is that server started, and a {@link
 * io.github.leaderlease.testdatabases.TestDatabase} is an empty database on it. A server that cannot be had aborts the
 * test with the reason and is listed by {@link io.github.leaderlease.testdatabases.DatabaseReport}.
 */
@NullMarked
package io.github.leaderlease.testdatabases;

import org.jspecify.annotations.NullMarked;
