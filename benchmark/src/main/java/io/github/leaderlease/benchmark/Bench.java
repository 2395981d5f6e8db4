package io.github.leaderlease.benchmark;

import io.github.leaderlease.benchmark.report.Progress;
import io.github.leaderlease.benchmark.report.Report;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures leader-lease beside what users would pick instead. */
@Command(
        name = "bench",
        description = "Measures leader-lease beside what users would pick instead, and writes tables and pictures.")
@SuppressWarnings("UnusedVariable") // picocli reads help
public final class Bench implements Callable<Integer> {

    @Option(names = "--quick", description = "A first impression in less than five minutes.")
    private boolean quick;

    @Option(names = "--tiny", hidden = true, description = "Whether everything works; the figures mean nothing.")
    private boolean tiny;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "PART",
            description = "Parts to measure, of ${COMPLETION-CANDIDATES} (default: all).")
    private List<Part> only = List.of();

    @Option(
            names = "--out",
            defaultValue = "benchmark/target/bench",
            description = "Folder for tables and pictures (default: ${DEFAULT-VALUE}).")
    private Path folder = Path.of("");

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    private final PrintStream out;

    private Bench(PrintStream out) {
        this.out = out;
    }

    /**
     * Runs it and ends the JVM with its exit status.
     *
     * @param args the options
     */
    public static void main(String[] args) {
        PrintStream out = System.out;
        System.setOut(System.err); // libraries may print
        System.exit(commandLine(out).execute(args));
    }

    static CommandLine commandLine(PrintStream out) {
        return new CommandLine(new Bench(out)).setCaseInsensitiveEnumValuesAllowed(true);
    }

    @Override
    public Integer call() throws Exception {
        Size size = tiny ? Size.TINY : quick ? Size.QUICK : Size.FULL;
        Set<Part> parts = only.isEmpty() ? EnumSet.allOf(Part.class) : EnumSet.copyOf(only);
        Report report = new Report(out, folder.toAbsolutePath(), command(size));
        report.setting("Machine", Machine.description());
        Libraries.versions().forEach(report::setting);
        Duration expected = parts.stream().map(part -> part.expected(size)).reduce(Duration.ZERO, Duration::plus);
        Run run = new Run(size, report, new Progress(System.err, expected));
        for (Part part : parts) {
            run.progress().begin(part.toString(), part.expected(size));
            report.add(part.measure(run));
        }
        out.println("Tables, samples and pictures are in " + folder);
        return 0;
    }

    private String command(Size size) {
        String parts = only.stream().map(Part::toString).collect(Collectors.joining(","));
        return "benchmark/bench"
                + (size == Size.FULL ? "" : " --" + size.toString().toLowerCase(Locale.ROOT))
                + (parts.isEmpty() ? "" : " --only " + parts);
    }
}
