package io.github.leaderlease.cli;

import io.github.leaderlease.cli.demo.DemoCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Option;

/** The entry point of {@code leader-lease}. */
@Command(
        name = "leader-lease",
        description = "Leader election on the relational database that you already have.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "Try 'leader-lease help COMMAND'."})
@SuppressWarnings("UnusedVariable") // picocli reads the field
public final class Main {

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    private Main() {}

    /**
     * Runs the command line and ends the JVM with its exit status.
     *
     * @param args the arguments
     */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        // COMMAND's own arguments are not ours to read: neither options, nor @files
        CommandLine run = new CommandLine(new RunCommand()).setStopAtPositional(true);
        CommandLine line = new CommandLine(new Main())
                .addSubcommand(new DemoCommand())
                .addSubcommand(run)
                .addSubcommand(new StatusCommand())
                .addSubcommand(new HelpCommand());
        return line.setExpandAtFiles(false)
                .setParameterExceptionHandler(Failures::usage)
                .setExecutionExceptionHandler(Failures::execution);
    }
}
