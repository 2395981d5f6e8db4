package io.github.leaderlease.cli;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;

/** The JVM that a {@link Supervisor} runs in: small, started quickly, with no files of its own. */
final class SupervisorJvm {

    private SupervisorJvm() {}

    /** Up to the name of the main class. */
    static List<String> command() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-XX:-MaxFDLimit",
                "-Xshare:auto",
                "-Xss256k",
                "-Xms8m",
                "-Xmx32m",
                // standard output is the command's
                "-Xlog:disable",
                "-XX:+DisplayVMOutputToStderr",
                // a character of what the command is given is one byte, whatever the locale
                "-Dfile.encoding=ISO-8859-1",
                "-Dsun.jnu.encoding=ISO-8859-1",
                "-cp",
                ownClasses());
    }

    private static String ownClasses() {
        try {
            return Path.of(Supervisor.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the class path names a folder or jar that is no file", e);
        }
    }
}
