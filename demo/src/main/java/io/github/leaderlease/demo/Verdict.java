package io.github.leaderlease.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Whether what the demo saw keeps the guarantees. Pure: judges the reports of the nodes and the table. */
record Verdict(List<Finding> findings, List<Gap> gaps) {

    static final int KEPT = 0;
    static final int BROKEN = 3;
    private static final int TOKENS_SHOWN = 3;

    static Verdict of(Evidence evidence) {
        List<Span> spans = evidence.spans();
        long last = spans.stream().mapToLong(Span::token).max().orElse(0);
        return new Verdict(
                List.of(
                        oneLeader(evidence, spans),
                        tokensGrow(evidence, spans),
                        EventOrder.judge(evidence, last),
                        tableAgrees(evidence, spans, last)),
                Gap.between(spans, evidence.ttl()));
    }

    boolean kept() {
        return findings.stream().allMatch(Finding::kept);
    }

    int exitCode() {
        return kept() ? KEPT : BROKEN;
    }

    List<String> violations() {
        return findings.stream()
                .flatMap(finding -> finding.violations().stream())
                .toList();
    }

    private static Finding oneLeader(Evidence evidence, List<Span> spans) {
        List<String> violations = new ArrayList<>();
        for (int i = 0; i < spans.size(); i++) {
            for (Span other : spans.subList(i + 1, spans.size())) {
                Span one = spans.get(i);
                if (!one.who().equals(other.who()) && one.overlaps(other)) {
                    violations.add(overlap(evidence, one, other));
                }
            }
        }
        long asked = asked(evidence);
        if (asked == 0 || spans.isEmpty()) {
            violations.add("Nothing was measured: no node reported a leader.");
        }
        String grounds = String.format(
                Locale.ROOT,
                "%d overlaps; %d processes asked isLeader() %,d times",
                violations.size(),
                evidence.byMember().size(),
                asked);
        return new Finding("One leader at a time", grounds, violations);
    }

    private static String overlap(Evidence evidence, Span one, Span other) {
        return "Two leaders: " + one.who() + " (token " + one.token() + ") and " + other.who() + " (token "
                + other.token() + ") both said isLeader() from "
                + evidence.time(Math.max(one.from(), other.from())) + " to "
                + evidence.time(Math.min(one.to(), other.to())) + ".";
    }

    private static long asked(Evidence evidence) {
        return evidence.byMember().values().stream()
                .mapToLong(reports -> reports.stream()
                        .filter(NodeReport.Sampled.class::isInstance)
                        .mapToLong(report -> ((NodeReport.Sampled) report).asked())
                        .max()
                        .orElse(0))
                .sum();
    }

    private static Finding tokensGrow(Evidence evidence, List<Span> spans) {
        List<String> violations = new ArrayList<>();
        for (int i = 1; i < spans.size(); i++) {
            Span before = spans.get(i - 1);
            Span after = spans.get(i);
            if (after.token() <= before.token()) {
                violations.add("The token went back: " + after.who() + " led from " + evidence.time(after.from())
                        + " with token " + after.token() + ", after " + before.who() + " with token "
                        + before.token() + ".");
            }
        }
        return new Finding("Tokens grow", tokens(spans), violations);
    }

    private static String tokens(List<Span> spans) {
        List<String> tokens =
                spans.stream().map(span -> String.valueOf(span.token())).toList();
        int last = tokens.size() - 1;
        return tokens.size() <= TOKENS_SHOWN
                ? String.join(" < ", tokens)
                : tokens.size() + " terms, " + tokens.get(0) + " < … < " + tokens.get(last);
    }

    private static Finding tableAgrees(Evidence evidence, List<Span> spans, long last) {
        List<String> violations = new ArrayList<>();
        Map<Long, TermRow> rows = new TreeMap<>();
        evidence.table().forEach(row -> rows.put(row.token(), row));
        List<TermRow> open = evidence.table().stream().filter(TermRow::open).toList();
        if (open.size() != 1 || open.get(0).token() != last) {
            violations.add("The table should have one open term, the last one (token " + last + "), but has "
                    + (open.isEmpty() ? "none" : open.toString()) + ".");
        }
        for (Span span : spans) {
            TermRow row = rows.get(span.token());
            if (row == null || !row.node().equals(span.who().node())) {
                violations.add(span.who() + " led with token " + span.token() + ", but the table says "
                        + (row == null ? "nothing of it" : "it was " + row.node()) + ".");
            }
        }
        evidence.table().stream()
                .filter(row -> !row.open() && row.endReason() == null)
                .forEach(row -> violations.add("Term " + row.token() + " ended without a reason."));
        return new Finding("The table agrees", tableGrounds(evidence.table()), violations);
    }

    private static String tableGrounds(List<TermRow> table) {
        String ended = table.stream()
                .filter(row -> !row.open())
                .map(row -> String.valueOf(row.endReason()))
                .collect(Collectors.groupingBy(reason -> reason, TreeMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .map(entry -> entry.getValue() + " ended " + entry.getKey())
                .collect(Collectors.joining(", "));
        String open = table.stream().filter(TermRow::open).map(TermRow::node).collect(Collectors.joining(", "));
        return "leader_term: " + ended + (ended.isEmpty() ? "" : ", ") + "1 open (" + open + ")";
    }
}
