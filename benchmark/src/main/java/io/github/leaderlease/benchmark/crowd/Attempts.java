package io.github.leaderlease.benchmark.crowd;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How often somebody tried to take the lease, from the statements that a server logged: won, lost and refused. */
final class Attempts {

    private static final Pattern ENTRY =
            Pattern.compile("\\[(\\d+)] LOG: {2}(?:statement|execute [^:]*): (.*)", Pattern.DOTALL);
    private static final Pattern TAKES = Pattern.compile(
            "pg_advisory_xact_lock\\(|insert into \\S*leader_lease|set token =", Pattern.CASE_INSENSITIVE);
    private static final Pattern RELEASES = Pattern.compile("set holder_id = null", Pattern.CASE_INSENSITIVE);

    private final Map<String, StringBuilder> open = new HashMap<>();
    private int attempts;

    private Attempts() {}

    static int count(List<String> statements) {
        Attempts counter = new Attempts();
        for (String entry : statements) {
            Matcher parts = ENTRY.matcher(entry);
            if (parts.find()) {
                counter.add(parts.group(1), parts.group(2));
            }
        }
        counter.open.values().forEach(counter::end);
        return counter.attempts;
    }

    /** A transaction is one attempt, however many statements it has. */
    private void add(String process, String statement) {
        String word = statement.strip().toLowerCase(Locale.ROOT);
        if (word.startsWith("begin")) {
            open.put(process, new StringBuilder());
            return;
        }
        StringBuilder transaction = open.get(process);
        if (transaction == null) {
            end(new StringBuilder(statement));
        } else if (word.equals("commit") || word.equals("rollback")) {
            end(transaction);
            open.remove(process);
        } else {
            transaction.append(statement).append('\n');
        }
    }

    private void end(StringBuilder transaction) {
        if (TAKES.matcher(transaction).find() && !RELEASES.matcher(transaction).find()) {
            attempts++;
        }
    }
}
