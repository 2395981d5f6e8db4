package io.github.leaderlease.cli;

import picocli.CommandLine.Option;

/** What is written to standard error, and how; {@code logback.xml} reads these properties when the first line is logged. */
final class Log {

    private static final String LEVEL = "leaderlease.log.level";
    private static final String TRACE = "leaderlease.log.trace";
    private static final String APPENDER = "leaderlease.log.appender";

    @Option(
            names = {"-v", "--verbose"},
            description = "Log more, and show stack traces.")
    void beVerbose(boolean on) {
        if (on) {
            System.setProperty(LEVEL, "DEBUG");
            System.setProperty(TRACE, "%ex");
        }
    }

    static boolean verbose() {
        return System.getProperty(LEVEL) != null;
    }

    /** The library's own lines take the shape of ours. */
    static void use(Format format) {
        System.setProperty(APPENDER, format.name());
    }

    /** How events and tables are written. */
    enum Format {
        /** For people. */
        text,
        /** One JSON object per line. */
        json
    }
}
