package io.github.leaderlease;

import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The rule for names of elections and nodes: no two different names may ever be one election to a database. */
final class Names {

    private static final Pattern RULE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/-]{0,189}");

    /** No election has this name. */
    static final String NOBODY = "?";

    private Names() {}

    static String check(String what, String name) {
        if (!RULE.matcher(name).matches()) {
            throw new IllegalArgumentException(what + " '" + printable(name) + "' (" + name.length()
                    + " characters) is not valid: use 1 to 190 of the characters A-Z a-z 0-9 . _ : / -, starting with a"
                    + " letter or digit");
        }
        return name;
    }

    /** Free text, which is written into a table. */
    static String text(String what, String text, int most) {
        if (text.isEmpty() || text.length() > most || text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "%s (%d characters) must have 1 to %,d characters and no control characters",
                    what,
                    text.length(),
                    most));
        }
        return text;
    }

    private static String printable(String name) {
        String shown = name.length() <= 60 ? name : name.substring(0, 60) + "...";
        return shown.chars()
                .mapToObj(c -> c >= ' ' && c < 127
                        ? String.valueOf((char) c)
                        : "\\u" + HexFormat.of().toHexDigits((char) c))
                .collect(Collectors.joining());
    }
}
