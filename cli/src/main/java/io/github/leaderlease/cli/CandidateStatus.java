package io.github.leaderlease.cli;

import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.TableNames;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One row of the view {@code leader_candidates}.
 *
 * @param eligible whether it would lead now
 * @param silence for how long its node has not been heard of, by the database's clock
 */
record CandidateStatus(
        String node, @Nullable String label, int priority, boolean eligible, Duration silence, boolean leads) {

    /** Those that are there, the next leaders first. */
    static List<CandidateStatus> of(
            Connection connection, Dialect dialect, TableNames tables, String election, int seconds)
            throws SQLException {
        String silence = dialect.epochMillis(dialect.now()) + " - " + dialect.epochMillis("last_seen");
        String sql = "select node_name, label, priority, eligible, " + silence + " as silence_ms, present, leads from "
                + tables.candidatesView()
                + " where election_name = ? order by eligible desc, priority desc, since, node_name";
        List<CandidateStatus> rows = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setQueryTimeout(seconds);
            statement.setString(1, election);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    if (row.getBoolean("present")) {
                        rows.add(new CandidateStatus(
                                row.getString("node_name"),
                                row.getString("label"),
                                row.getInt("priority"),
                                row.getBoolean("eligible"),
                                Duration.ofMillis(Math.max(0, row.getLong("silence_ms"))),
                                row.getBoolean("leads")));
                    }
                }
            }
        }
        return rows;
    }

    /** For programs. */
    Map<String, @Nullable Object> fields() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("node", node);
        fields.put("label", label);
        fields.put("priority", priority);
        fields.put("eligible", eligible);
        fields.put("leads", leads);
        fields.put("seconds_silent", BigDecimal.valueOf(silence.toMillis(), 3));
        return fields;
    }

    static List<List<String>> table(List<CandidateStatus> candidates) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("CANDIDATE", "PRIORITY", "LAST SEEN", "LABEL"));
        for (CandidateStatus each : candidates) {
            rows.add(List.of(
                    each.node + (each.leads ? " (leads)" : "") + (each.eligible ? "" : " (not eligible)"),
                    Integer.toString(each.priority),
                    each.silence.toSeconds() + " s ago",
                    each.label == null ? "" : each.label));
        }
        return rows;
    }
}
