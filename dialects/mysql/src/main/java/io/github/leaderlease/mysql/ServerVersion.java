package io.github.leaderlease.mysql;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The first three numbers of a server's version; MariaDB may put a fake "5.5.5-" before its own. */
record ServerVersion(int major, int minor, int patch) {

    private static final Pattern NUMBERS = Pattern.compile("^(?:5\\.5\\.5-)?(\\d+)\\.(\\d+)\\.(\\d+)");

    private static final Comparator<ServerVersion> ORDER = Comparator.comparingInt(ServerVersion::major)
            .thenComparingInt(ServerVersion::minor)
            .thenComparingInt(ServerVersion::patch);

    static ServerVersion parse(String version) {
        Matcher numbers = NUMBERS.matcher(version);
        if (!numbers.find()) {
            throw new IllegalArgumentException("cannot read the server version '" + version + "'");
        }
        return new ServerVersion(
                Integer.parseInt(numbers.group(1)),
                Integer.parseInt(numbers.group(2)),
                Integer.parseInt(numbers.group(3)));
    }

    boolean atLeast(int otherMajor, int otherMinor, int otherPatch) {
        return ORDER.compare(this, new ServerVersion(otherMajor, otherMinor, otherPatch)) >= 0;
    }
}
