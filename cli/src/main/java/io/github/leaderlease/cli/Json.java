package io.github.leaderlease.cli;

import java.math.BigDecimal;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes JSON objects. */
final class Json {

    private Json() {}

    /** One line: numbers and truth values as such, null as null, maps as objects, lists as arrays, everything else as text. */
    static String object(Map<String, ?> fields) {
        return fields.entrySet().stream()
                .map(field -> text(field.getKey()) + ":" + value(field.getValue()))
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String value(@Nullable Object value) {
        if (value == null || value instanceof Boolean || value instanceof Long || value instanceof Integer) {
            return String.valueOf(value);
        }
        if (value instanceof List<?> list) {
            return list.stream().map(Json::value).collect(Collectors.joining(",", "[", "]"));
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            map.forEach((key, field) -> fields.put(String.valueOf(key), field));
            return object(fields);
        }
        return value instanceof BigDecimal number ? number.toPlainString() : text(value.toString());
    }

    private static String text(String text) {
        return text.chars().mapToObj(Json::character).collect(Collectors.joining("", "\"", "\""));
    }

    /** Beyond ASCII all is escaped, so that no encoding of a terminal or a pipe can spoil it. */
    private static String character(int c) {
        return switch (c) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default ->
                c >= ' ' && c < 127
                        ? String.valueOf((char) c)
                        : "\\u" + HexFormat.of().toHexDigits((char) c);
        };
    }
}
