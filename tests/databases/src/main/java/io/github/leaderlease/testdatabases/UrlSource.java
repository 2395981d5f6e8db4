package io.github.leaderlease.testdatabases;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server that somebody else runs and names in the environment. */
final class UrlSource implements Source {
    private static final Pattern URL = Pattern.compile("jdbc:\\w+:(//[^/]+/)([^?]*)(\\?.*)?");

    private final String variable;

    private UrlSource(String variable) {
        this.variable = variable;
    }

    static UrlSource of(String product) {
        return new UrlSource("LEADER_LEASE_TEST_" + product);
    }

    @Override
    public boolean local() {
        return false;
    }

    @Override
    public TestServer start(DatabaseUnderTest tested, boolean alone) throws AbsentException {
        String url = System.getenv(variable + "_URL");
        if (url == null) {
            throw new AbsentException(variable + "_URL is not set");
        }
        return new TestServer(tested, endpoint(url), "from " + variable + "_URL", null);
    }

    private Endpoint endpoint(String url) {
        return parse(url, environment(variable + "_USER"), environment(variable + "_PASSWORD"));
    }

    static Endpoint parse(String url, String user, String password) {
        Matcher parts = URL.matcher(url);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "Not a URL of the form jdbc:PRODUCT://HOST:PORT/DATABASE?PARAMETERS: " + url);
        }
        String parameters = parts.group(3) == null ? "" : parts.group(3);
        return new Endpoint(parts.group(1), port(parts.group(1)), parts.group(2), user, password, parameters);
    }

    private static int port(String location) {
        Matcher port = Pattern.compile("//.*:(\\d+)/").matcher(location);
        return port.matches() ? Integer.parseInt(port.group(1)) : 0;
    }

    private static String environment(String name) {
        String value = System.getenv(name);
        if (value == null) {
            throw new IllegalStateException(name + " must be set too, next to the URL");
        }
        return value;
    }
}
