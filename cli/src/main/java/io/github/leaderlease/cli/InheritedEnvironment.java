package io.github.leaderlease.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The variables that are meant for the command and would harm a JVM of ours: options with a debug or JMX port, which only one
 * process can have, or with more memory than there is. Our own JVMs are started without them and the command with them. The
 * launcher has put them aside, under other names, and set a locale in which no path is lost.
 */
final class InheritedEnvironment {

    private static final String KEPT = "LEADER_LEASE_KEPT_";

    /** Read by every JVM, or by the program {@code java}. */
    static final List<String> JVM_OPTIONS = List.of(
            "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "OPENJ9_JAVA_OPTIONS", "IBM_JAVA_OPTIONS");

    private static final String LOCALE = "LC_ALL";

    /** Set by the launcher, which then has kept all of these. */
    private static final String LAUNCHED = KEPT + "BY_LAUNCHER";

    private InheritedEnvironment() {}

    /** Takes out of a new process's environment what is not for a JVM of ours. */
    static void clean(Map<String, String> environment) {
        Set<String> names = environment.keySet();
        names.removeAll(JVM_OPTIONS);
        names.removeIf(name -> name.startsWith(KEPT));
        names.remove(DatabaseOptions.PASSWORD_VARIABLE);
    }

    /** What the command has to get back: a value for each variable, or null if it must not be there. */
    static Map<String, @Nullable String> forCommand() {
        Map<String, @Nullable String> given = new LinkedHashMap<>();
        boolean launched = System.getenv(LAUNCHED) != null;
        for (String name : JVM_OPTIONS) {
            String value = NativeText.variable(launched ? KEPT + name : name);
            if (value != null) {
                given.put(name, value);
            }
        }
        if (launched) {
            given.put(LOCALE, NativeText.variable(KEPT + LOCALE));
        }
        return given;
    }

    /** The first of the options that this JVM itself was started with; null if there are none. */
    static @Nullable String appliedToUs() {
        return JVM_OPTIONS.stream()
                .filter(name -> System.getenv(name) != null)
                .findFirst()
                .orElse(null);
    }
}
