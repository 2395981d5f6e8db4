package io.github.leaderlease.cli;

import picocli.CommandLine;

/** The whole command line within the JVM of a test, for tests in other packages. */
public final class Program {

    private Program() {}

    /** As {@code main} makes it. */
    public static CommandLine commandLine() {
        return Main.commandLine();
    }
}
