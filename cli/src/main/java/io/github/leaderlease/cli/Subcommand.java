package io.github.leaderlease.cli;

import java.util.concurrent.Callable;

/** A command that another module adds to the tool, such as the demo; found by {@link java.util.ServiceLoader}. */
public interface Subcommand extends Callable<Integer> {}
