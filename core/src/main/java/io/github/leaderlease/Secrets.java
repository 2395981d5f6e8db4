package io.github.leaderlease;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What must not stand in any message: a URL as it was given, and the passwords and tokens in it or beside it. Drivers repeat
 * the URL, or the part of it that they do not understand, in their exceptions.
 */
final class Secrets {

    private static final String HIDDEN = "***";

    /** Shorter ones are hidden only where their name stands before them: else half of a message would vanish. */
    private static final int LONG_ENOUGH = 4;

    /** {@code password=x} in all its spellings, up to what ends a value in the URLs of any driver. */
    private static final Pattern NAMED = Pattern.compile(
            "(?i)([\\w.-]*(?:password|passwd|pwd|passphrase|secret|token|credential|apikey|accesskey)[\\w.-]*\\s*=\\s*)"
                    + "([^&;,()\\s'\"]+)");

    /** {@code //user:password@host}; the last at sign counts, for a password may hold one. */
    private static final Pattern BEFORE_HOST = Pattern.compile("(//[^/?#\\s:@]*:)([^/?#\\s'\"]+)(@)");

    private final @Nullable String url;
    private final List<String> values;

    private Secrets(@Nullable String url, List<String> values) {
        this.url = url;
        this.values = values;
    }

    static Secrets of(@Nullable String url, @Nullable String password) {
        Set<String> found = new LinkedHashSet<>();
        if (password != null) {
            found.add(password);
        }
        if (url != null) {
            collect(NAMED.matcher(url), found);
            collect(BEFORE_HOST.matcher(url), found);
        }
        // the longest first: one may be a part of another
        List<String> values = found.stream()
                .filter(value -> value.length() >= LONG_ENOUGH)
                .sorted((a, b) -> b.length() - a.length())
                .toList();
        return new Secrets(url == null || url.isBlank() ? null : url, values);
    }

    private static void collect(Matcher matcher, Set<String> found) {
        while (matcher.find()) {
            String value = matcher.group(2);
            found.add(value);
            try {
                found.add(URLDecoder.decode(value, StandardCharsets.UTF_8));
            } catch (IllegalArgumentException notEncoded) {
                // then it is meant as it stands
            }
        }
    }

    /** Such as {@code jdbc:postgresql:}; empty if it does not look like a URL at all. */
    static String kind(String url) {
        Matcher kind = Pattern.compile("^(jdbc:)?[A-Za-z][A-Za-z0-9+.-]*:").matcher(url);
        return kind.find() ? kind.group() : "";
    }

    String hide(String message) {
        String hidden = url == null ? message : message.replace(url, kind(url) + HIDDEN);
        hidden = NAMED.matcher(hidden).replaceAll("$1" + Matcher.quoteReplacement(HIDDEN));
        hidden = BEFORE_HOST.matcher(hidden).replaceAll("$1" + Matcher.quoteReplacement(HIDDEN) + "$3");
        for (String value : values) {
            hidden = hidden.replace(value, HIDDEN);
        }
        return hidden;
    }

    /** What connects. */
    @FunctionalInterface
    interface Source {
        Connection connect() throws SQLException;
    }

    /** A connection, or a failure that tells no secret; some drivers and pools throw what they should not. */
    Connection connect(Source source) throws SQLException {
        try {
            return source.connect();
        } catch (SQLException e) {
            throw hide(e);
        } catch (RuntimeException e) {
            SQLException hidden = hide(e);
            if (hidden != null) {
                throw hidden;
            }
            throw e;
        }
    }

    /** The same if there is nothing to hide, else a copy that says the same without it, causes included. */
    SQLException hide(SQLException failure) {
        return spills(failure, identitySet()) ? (SQLException) copy(failure, identitySet()) : failure;
    }

    /** For a driver that throws what it should not; null if there is nothing to hide. */
    @Nullable
    SQLException hide(RuntimeException failure) {
        return spills(failure, identitySet())
                ? new SQLException(hide(failure.toString()), copy(failure, identitySet()))
                : null;
    }

    private boolean spills(@Nullable Throwable failure, Set<Throwable> seen) {
        if (failure == null || !seen.add(failure)) {
            return false;
        }
        String message = failure.toString();
        if (!hide(message).equals(message) || spills(failure.getCause(), seen)) {
            return true;
        }
        for (Throwable suppressed : failure.getSuppressed()) {
            if (spills(suppressed, seen)) {
                return true;
            }
        }
        return failure instanceof SQLException sql && spills(sql.getNextException(), seen);
    }

    private Throwable copy(Throwable failure, Set<Throwable> seen) {
        seen.add(failure);
        Throwable cause = failure.getCause();
        Throwable hiddenCause = cause == null || seen.contains(cause) ? null : copy(cause, seen);
        Throwable copy;
        if (failure instanceof SQLException sql) {
            String message = sql.getMessage();
            SQLException hidden = new SQLException(
                    message == null ? null : hide(message), sql.getSQLState(), sql.getErrorCode(), hiddenCause);
            SQLException next = sql.getNextException();
            if (next != null && !seen.contains(next)) {
                hidden.setNextException((SQLException) copy(next, seen));
            }
            copy = hidden;
        } else {
            copy = new RuntimeException(hide(failure.toString()), hiddenCause);
        }
        for (Throwable suppressed : failure.getSuppressed()) {
            if (!seen.contains(suppressed)) {
                copy.addSuppressed(copy(suppressed, seen));
            }
        }
        copy.setStackTrace(failure.getStackTrace());
        return copy;
    }

    private static Set<Throwable> identitySet() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }
}
