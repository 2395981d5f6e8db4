package io.github.leaderlease.migrations;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The leading number of a server's version; parts that are not given count as 0. */
record Version(int major, int minor, int patch) implements Comparable<Version> {

    private static final Pattern NUMBER = Pattern.compile("(\\d+)(?:\\.(\\d+))?(?:\\.(\\d+))?");
    private static final Comparator<Version> ORDER = Comparator.comparingInt(Version::major)
            .thenComparingInt(Version::minor)
            .thenComparingInt(Version::patch);

    /** Takes the first number in the text: "PostgreSQL 18.6 (Debian)" is 18.6.0, "11.4.5-MariaDB" is 11.4.5. */
    static Version parse(String text) {
        Matcher number = NUMBER.matcher(text);
        if (!number.find()) {
            throw new LeaseMigrationException("no version number in '" + text + "'");
        }
        return new Version(part(number, 1), part(number, 2), part(number, 3));
    }

    private static int part(Matcher number, int group) {
        String digits = number.group(group);
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    @Override
    public int compareTo(Version other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return patch > 0 ? major + "." + minor + "." + patch : minor > 0 ? major + "." + minor : "" + major;
    }
}
