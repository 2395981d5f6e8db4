package io.github.leaderlease.cli;

import io.github.leaderlease.jdbc.Installation;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One row of the view {@code leader_status}.
 *
 * @param leader null if the lease is vacant
 * @param since the start of the term, by the database's clock
 * @param secondsLeft until the lease runs out, by the database's clock; negative if it has
 * @param endReason why the last term ended, if the lease is vacant
 */
record ElectionStatus(
        String election,
        @Nullable String leader,
        long token,
        @Nullable Instant since,
        @Nullable BigDecimal secondsLeft,
        @Nullable String metadata,
        boolean stepDownRequested,
        @Nullable String endReason) {

    /**
     * The columns, where times are numbers: a column without a time zone would be read in that of the JVM or the session.
     *
     * @param sinceMillis an SQL expression for {@code since} in milliseconds since 1970
     */
    static String columns(String sinceMillis) {
        return "election_name, leader, token, " + sinceMillis
                + " as since_ms, seconds_left, metadata, step_down_requested, last_end_reason";
    }

    static ElectionStatus of(ResultSet row) throws SQLException {
        long since = row.getLong("since_ms");
        Instant began = row.wasNull() ? null : Instant.ofEpochMilli(since);
        return new ElectionStatus(
                row.getString("election_name"),
                row.getString("leader"),
                row.getLong("token"),
                began,
                row.getBigDecimal("seconds_left"),
                row.getString("metadata"),
                row.getBoolean("step_down_requested"),
                row.getString("last_end_reason"));
    }

    /** For programs; the state says what the other fields mean. */
    Map<String, @Nullable Object> fields(Installation installation) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("election", election);
        fields.put("state", state().name().toLowerCase(Locale.ROOT));
        fields.put("leader", leader);
        fields.put("token", token);
        fields.put("since", since);
        fields.put("seconds_left", secondsLeft);
        fields.put("metadata", metadata);
        fields.put("step_down_requested", stepDownRequested);
        fields.put("last_end_reason", endReason);
        fields.put("tables", installation.tables().lease());
        fields.put("installation", installation.id());
        return fields;
    }

    private State state() {
        if (leader == null) {
            return State.VACANT;
        }
        return secondsLeft != null && secondsLeft.signum() < 0 ? State.OVERDUE : State.LED;
    }

    private enum State {
        LED,
        OVERDUE,
        VACANT
    }

    /** What is left of the lease, or why there is none, for people. */
    String timeLeft() {
        return switch (state()) {
            case VACANT -> "vacant" + (endReason == null ? "" : " (" + endReason + ")");
            case OVERDUE -> "overdue by " + String.valueOf(secondsLeft).substring(1) + " s";
            case LED -> secondsLeft + " s" + (stepDownRequested ? ", asked to step down" : "");
        };
    }
}
