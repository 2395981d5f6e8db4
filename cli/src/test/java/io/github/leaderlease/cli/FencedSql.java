package io.github.leaderlease.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A block of SQL as it stands in docs/run.md, for a command that fences its writes without the library. */
record FencedSql(String text) {

    private static final Path ROOT = Path.of(System.getProperty("leaderlease.root", ".."));
    private static final Pattern BLOCK = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL);
    private static final Pattern PARAMETER = Pattern.compile(":([a-z_]+)");

    /** The block with this number, from 0, below a heading. */
    static FencedSql documented(String heading, int number) throws IOException {
        String page = Files.readString(ROOT.resolve("docs/run.md"));
        int begin = page.indexOf("\n### " + heading + "\n");
        if (begin < 0) {
            throw new AssertionError("docs/run.md has no heading '" + heading + "'");
        }
        String section = page.substring(begin + 1).split("\n##+ ", 2)[0];
        return new FencedSql(BLOCK.matcher(section)
                .results()
                .skip(number)
                .findFirst()
                .map(block -> block.group(1))
                .orElseThrow(() -> new AssertionError("no block " + number + " of SQL below '" + heading + "'")));
    }

    /** Runs it and tells whether the transaction may commit: its last statement has given, or changed, one row. */
    boolean allows(Connection connection, Map<String, String> environment) throws SQLException {
        int rows = 0;
        for (String statement : text.strip().split(";\\s*", -1)) {
            rows = statement.isEmpty() ? rows : rows(connection, statement, environment);
        }
        return rows == 1;
    }

    private static int rows(Connection connection, String sql, Map<String, String> environment) throws SQLException {
        Matcher parameters = PARAMETER.matcher(sql);
        try (PreparedStatement statement = connection.prepareStatement(parameters.replaceAll("?"))) {
            int index = 1;
            for (MatchResult parameter : parameters.reset().results().toList()) {
                bind(statement, index++, parameter.group(1), environment);
            }
            return statement.execute() ? count(statement.getResultSet()) : statement.getUpdateCount();
        }
    }

    private static void bind(PreparedStatement statement, int index, String parameter, Map<String, String> environment)
            throws SQLException {
        switch (parameter) {
            case "election" -> statement.setString(index, environment.get("LEADER_LEASE_ELECTION"));
            case "holder" -> statement.setString(index, environment.get("LEADER_LEASE_HOLDER"));
            case "token" -> statement.setLong(index, Long.parseLong(environment.get("LEADER_LEASE_TOKEN")));
            case "fence_key" -> statement.setInt(index, Integer.parseInt(environment.get("LEADER_LEASE_FENCE_KEY")));
            default -> throw new AssertionError("docs/run.md does not say what :" + parameter + " is");
        }
    }

    private static int count(ResultSet rows) throws SQLException {
        int count = 0;
        while (rows.next()) {
            count++;
        }
        return count;
    }
}
