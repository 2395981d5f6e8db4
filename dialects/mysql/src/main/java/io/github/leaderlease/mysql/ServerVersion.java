package io.github.leaderlease.mysql;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The first two numbers of a server's version; MariaDB may put a fake "5.5.5-" before its own. */
record ServerVersion(int major, int minor) {

    private static final Pattern NUMBERS = Pattern.compile("^(?:5\\.5\\.5-)?(\\d+)\\.(\\d+)");

    static ServerVersion parse(String version) {
        Matcher numbers = NUMBERS.matcher(version);
        if (!numbers.find()) {
            throw new IllegalArgumentException("cannot read the server version '" + version + "'");
        }
        return new ServerVersion(Integer.parseInt(numbers.group(1)), Integer.parseInt(numbers.group(2)));
    }

    boolean atLeast(int otherMajor, int otherMinor) {
        return major > otherMajor || (major == otherMajor && minor >= otherMinor);
    }
}
