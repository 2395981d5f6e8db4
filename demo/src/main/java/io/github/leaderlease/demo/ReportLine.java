package io.github.leaderlease.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A {@link NodeReport} as one line of text, such as {@code Acquired at=17 token=3 leading=true}. */
final class ReportLine {

    private ReportLine() {}

    static String format(NodeReport report) {
        StringBuilder line = new StringBuilder(report.getClass().getSimpleName());
        for (RecordComponent part : report.getClass().getRecordComponents()) {
            line.append(' ').append(part.getName()).append('=');
            line.append(URLEncoder.encode(String.valueOf(value(report, part)), UTF_8));
        }
        return line.toString();
    }

    /** Empty for anything else that a process may print, such as a warning of its JVM. */
    static Optional<NodeReport> parse(String line) {
        String[] words = line.split(" ");
        return Arrays.stream(NodeReport.class.getPermittedSubclasses())
                .filter(kind -> kind.getSimpleName().equals(words[0]))
                .findAny()
                .flatMap(kind -> build(kind, values(words)));
    }

    private static Map<String, String> values(String[] words) {
        Map<String, String> values = new HashMap<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                values.put(word.substring(0, equals), URLDecoder.decode(word.substring(equals + 1), UTF_8));
            }
        }
        return values;
    }

    private static Optional<NodeReport> build(Class<?> kind, Map<String, String> values) {
        RecordComponent[] parts = kind.getRecordComponents();
        if (!Arrays.stream(parts).map(RecordComponent::getName).allMatch(values::containsKey)) {
            return Optional.empty();
        }
        Class<?>[] types = Arrays.stream(parts).map(RecordComponent::getType).toArray(Class<?>[]::new);
        Object[] arguments = Arrays.stream(parts)
                .map(part -> typed(part.getType(), values.getOrDefault(part.getName(), "")))
                .toArray();
        try {
            return Optional.of((NodeReport) kind.getDeclaredConstructor(types).newInstance(arguments));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot build " + kind.getSimpleName() + " from " + values, e);
        }
    }

    private static Object typed(Class<?> type, String text) {
        if (type == long.class) {
            return Long.valueOf(text);
        }
        return type == boolean.class ? Boolean.valueOf(text) : text;
    }

    private static Object value(NodeReport report, RecordComponent part) {
        try {
            return part.getAccessor().invoke(report);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("cannot read " + part + " of " + report, e);
        }
    }
}
