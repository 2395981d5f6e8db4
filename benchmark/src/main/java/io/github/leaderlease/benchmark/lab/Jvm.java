package io.github.leaderlease.benchmark.lab;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How another class of ours is run in a JVM of its own: small, as many run at once. */
public final class Jvm {

    private static final int MEGABYTES = 128;

    private Jvm() {}

    /** The command that runs a main class with some arguments, in little memory. */
    public static List<String> command(Class<?> main, Iterable<String> arguments) {
        return command(MEGABYTES, main, arguments);
    }

    /** The command that runs a main class with some arguments. */
    public static List<String> command(int megabytes, Class<?> main, Iterable<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + megabytes + "m",
                "-XX:+UseSerialGC",
                "-Xss512k",
                "-XX:-UsePerfData",
                "-Djava.awt.headless=true",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                main.getName()));
        arguments.forEach(command::add);
        return command;
    }
}
