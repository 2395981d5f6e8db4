package io.github.leaderlease.benchmark.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All answers of a run: on the terminal as they come, and in a folder. */
public final class Report {

    private final PrintStream out;
    private final Path folder;
    private final String command;
    private final Map<String, String> setting = new LinkedHashMap<>();
    private final List<Section> sections = new ArrayList<>();

    /**
     * A report without answers.
     *
     * @param out the terminal
     * @param folder is made if need be
     * @param command what one types to have this run again
     */
    public Report(PrintStream out, Path folder, String command) throws IOException {
        this.out = out;
        this.folder = Files.createDirectories(folder);
        this.command = command;
    }

    /** Adds what one has to know to read the figures, such as a version. */
    public void setting(String what, String value) {
        if (!value.equals(setting.put(what, value))) {
            out.println(what + ": " + value);
        }
    }

    /** Adds an answer, and writes everything anew, so that a run that ends early leaves what it has. */
    public void add(Section section) throws IOException {
        sections.add(section);
        out.println("\n" + text(section, false));
        for (Grid grid : section.grids()) {
            Files.writeString(folder.resolve(grid.name() + ".csv"), grid.csv());
        }
        for (Grid grid : section.samples()) {
            Files.writeString(folder.resolve(grid.name() + ".csv"), grid.csv());
        }
        for (Picture picture : section.pictures()) {
            Svg.draw(picture, folder);
        }
        Files.writeString(folder.resolve("performance.md"), markdown());
        Files.writeString(folder.resolve("results.json"), json());
    }

    /** Where it is. */
    public Path folder() {
        return folder;
    }

    private String markdown() {
        StringBuilder text = new StringBuilder("## Machine and versions\n\n");
        setting.forEach((what, value) ->
                text.append("- ").append(what).append(": ").append(value).append('\n'));
        text.append("- Command: `").append(command).append("`\n\n");
        sections.forEach(section -> text.append(text(section, true)));
        return text.toString();
    }

    private static String text(Section section, boolean pictures) {
        StringBuilder text = new StringBuilder("## " + section.question() + "\n\n");
        if (pictures) {
            section.pictures()
                    .forEach(picture -> text.append(Svg.embedded(picture)).append('\n'));
        }
        section.grids().forEach(grid -> text.append(grid.markdown()).append('\n'));
        text.append(section.how()).append("\n\n");
        section.remarks().forEach(remark -> text.append("- ").append(remark).append('\n'));
        return text.append(section.remarks().isEmpty() ? "" : "\n").toString();
    }

    private String json() throws IOException {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("command", command);
        all.put("setting", setting);
        Map<String, Object> parts = new LinkedHashMap<>();
        sections.forEach(section -> parts.put(section.name(), json(section)));
        all.put("parts", parts);
        return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(all);
    }

    private static Map<String, Object> json(Section section) {
        Map<String, Object> part = new LinkedHashMap<>();
        part.put("question", section.question());
        part.put("remarks", section.remarks());
        List<Grid> all = new ArrayList<>(section.grids());
        all.addAll(section.samples());
        all.forEach(grid -> {
            List<Map<String, Object>> rows = new ArrayList<>();
            for (List<Object> row : grid.rows()) {
                Map<String, Object> cells = new LinkedHashMap<>();
                for (int i = 0; i < row.size(); i++) {
                    cells.put(grid.columns().get(i), row.get(i));
                }
                rows.add(cells);
            }
            part.put(grid.name(), rows);
        });
        return part;
    }
}
