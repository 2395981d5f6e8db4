package io.github.leaderlease.mysql;

import io.github.leaderlease.spi.Dialect;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Variables of a session, set for us and put back afterwards: what they were is kept in user variables of the session, for a
 * pool's connection goes back to the pool.
 */
final class SessionVariables {

    /**
     * Strict, so that a value that does not fit is refused and not cut. How quotes and backslashes are read stays as it is,
     * for the driver has read it once and goes by it; what else a mode changes about our statements goes.
     */
    private static final String SQL_MODE = "concat_ws(',', 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', "
            + kept("ANSI_QUOTES") + ", " + kept("NO_BACKSLASH_ESCAPES") + ")";

    private SessionVariables() {}

    private static String kept(String mode) {
        return "if(find_in_set('" + mode + "', @@session.sql_mode) > 0, '" + mode + "', null)";
    }

    /**
     * One statement: it is executed whenever a call may take longer or less long than the one before.
     *
     * @param limits further variables, with the values that enforce the timeouts
     */
    static List<String> set(Map<String, String> limits, Dialect.Timeouts timeouts) {
        List<String> settings = new ArrayList<>();
        all(limits, timeouts).forEach((name, value) -> {
            settings.add(saved(name) + " = coalesce(" + saved(name) + ", @@session." + name + ")");
            settings.add("@@session." + name + " = " + value);
        });
        return List.of("set " + String.join(", ", settings));
    }

    static List<String> restore(Map<String, String> limits, Dialect.Timeouts any) {
        List<String> settings = new ArrayList<>();
        all(limits, any).keySet().forEach(name -> {
            settings.add("set session " + name + " = " + recalled(name));
            settings.add("set " + saved(name) + " = null");
        });
        return settings;
    }

    /**
     * What a server, a user or a pool may have set that would make our statements mean something else: rows left out, unique
     * keys not looked at (they keep a second leader out), connections closed by a commit.
     */
    private static Map<String, String> all(Map<String, String> limits, Dialect.Timeouts timeouts) {
        Map<String, String> changed = new LinkedHashMap<>();
        changed.put("sql_mode", SQL_MODE);
        changed.put("sql_select_limit", "default");
        changed.put("unique_checks", "1");
        changed.put("completion_type", "'NO_CHAIN'");
        changed.put("innodb_lock_wait_timeout", String.valueOf(seconds(timeouts.rowWait())));
        changed.put("lock_wait_timeout", String.valueOf(seconds(timeouts.call())));
        changed.putAll(limits);
        return changed;
    }

    /** What passed through coalesce is text by now, and these variables insist on their types. */
    private static String recalled(String variable) {
        return switch (variable) {
            case "sql_mode", "completion_type" -> saved(variable);
            case "sql_select_limit" -> "cast(" + saved(variable) + " as unsigned)";
            case "max_statement_time" -> "cast(" + saved(variable) + " as decimal(20, 6))";
            default -> "cast(" + saved(variable) + " as signed)";
        };
    }

    /** One statement, so that a failure leaves no half. */
    static List<String> bound(String variable, Duration idle) {
        return List.of("set " + saved(variable) + " = @@session." + variable + ", @@session." + variable + " = "
                + seconds(idle));
    }

    static List<String> unbound(String variable) {
        return List.of("set @@session." + variable + " = coalesce(" + saved(variable) + ", @@global." + variable + "), "
                + saved(variable) + " = null");
    }

    private static String saved(String variable) {
        return "@leader_lease_" + variable;
    }

    /** At least one: MySQL counts in whole seconds. */
    static long seconds(Duration duration) {
        return Math.max(1, (duration.toMillis() + 999) / 1000);
    }
}
