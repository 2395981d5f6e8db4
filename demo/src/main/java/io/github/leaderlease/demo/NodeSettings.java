package io.github.leaderlease.demo;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.io.Writer;
import java.time.Duration;
import java.util.Properties;

/**
 * What a node has to know. Sent through its standard input, so that no password stands in a process list.
 *
 * @param tablePrefix before the names of the tables; may be empty
 */
record NodeSettings(String node, DatabaseAddress database, String tablePrefix, Duration ttl, Duration heartbeat) {

    /** The election that all nodes of the demo stand for. */
    static final String ELECTION = "demo";

    private static final String END = "#end";

    void writeTo(Writer out) throws IOException {
        Properties lines = new Properties();
        lines.setProperty("node", node);
        lines.setProperty("url", database.url());
        lines.setProperty("user", database.user());
        lines.setProperty("password", database.password());
        lines.setProperty("tablePrefix", tablePrefix);
        lines.setProperty("ttl", ttl.toString());
        lines.setProperty("heartbeat", heartbeat.toString());
        lines.store(out, null);
        out.write(END + "\n");
        out.flush();
    }

    static NodeSettings readFrom(BufferedReader in) throws IOException {
        StringBuilder text = new StringBuilder();
        for (String line = in.readLine(); !END.equals(line); line = in.readLine()) {
            if (line == null) {
                throw new EOFException("the demo ended before it had said what to do");
            }
            text.append(line).append('\n');
        }
        Properties lines = new Properties();
        lines.load(new StringReader(text.toString()));
        return new NodeSettings(
                lines.getProperty("node"),
                new DatabaseAddress(lines.getProperty("url"), lines.getProperty("user"), lines.getProperty("password")),
                lines.getProperty("tablePrefix"),
                Duration.parse(lines.getProperty("ttl")),
                Duration.parse(lines.getProperty("heartbeat")));
    }
}
