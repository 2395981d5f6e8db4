package io.github.leaderlease.cli;

import java.io.PrintWriter;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tells what happens, one line each, as text for people or as JSON. Safe for use by several threads. */
final class EventOutput {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);

    private final PrintWriter out;
    private final Log.Format format;
    private final String election;

    EventOutput(PrintWriter out, Log.Format format, String election) {
        this.out = out;
        this.format = format;
        this.election = election;
    }

    /**
     * Tells one thing.
     *
     * @param event its name for programs
     * @param text the same for people
     * @param fields the facts for programs
     */
    void tell(String event, String text, Map<String, ? extends @Nullable Object> fields) {
        Instant now = Instant.now();
        if (format == Log.Format.json) {
            Map<String, @Nullable Object> all = new LinkedHashMap<>();
            all.put("time", now.truncatedTo(ChronoUnit.MILLIS).toString());
            all.put("election", election);
            all.put("event", event);
            all.putAll(fields);
            line(Json.object(all));
        } else {
            line(LocalTime.ofInstant(now, ZoneId.systemDefault()).format(TIME) + " " + election + ": " + text);
        }
    }

    private synchronized void line(String line) {
        out.println(line);
        out.flush();
    }
}
