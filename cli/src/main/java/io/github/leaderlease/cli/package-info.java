/**
 * The command line: {@code leader-lease run} keeps a command running on the node that leads, {@code leader-lease status}
 * shows who leads what. {@code RunCommand} and {@code StatusCommand} read the options; {@code SupervisedJob} holds a term
 * and {@code Supervisor}, a small process of its own, holds the command, so that neither outlives the other.
 */
@NullMarked
package io.github.leaderlease.cli;

import org.jspecify.annotations.NullMarked;
