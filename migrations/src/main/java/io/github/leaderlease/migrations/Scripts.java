package io.github.leaderlease.migrations;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** The names of our tables and the texts that create them. */
record Scripts(Database engine, String prefix) {

    /** In the order in which they are applied. */
    static final List<String> NAMES = List.of("V1__leader_lease.sql");

    private static final Pattern SCHEMA = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,62}");
    private static final Pattern PREFIX = Pattern.compile("([A-Za-z_][A-Za-z0-9_]{0,30})?");

    static String schema(String name) {
        if (!SCHEMA.matcher(name).matches()) {
            throw new IllegalArgumentException("schema '" + name + "' must match " + SCHEMA.pattern());
        }
        return name;
    }

    static String prefix(String prefix) {
        if (!PREFIX.matcher(prefix).matches()) {
            throw new IllegalArgumentException("table prefix '" + prefix + "' must match " + PREFIX.pattern());
        }
        return prefix;
    }

    String text(String script) throws IOException {
        String path = "/" + engine.location().replace("classpath:", "") + "/" + script;
        try (InputStream in = Scripts.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IOException("missing on the class path: " + path);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("${prefix}", prefix);
        }
    }
}
