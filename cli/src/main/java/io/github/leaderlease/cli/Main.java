package io.github.leaderlease.cli;

import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.logging.LogManager;
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
        StandardError.install();
        LogManager.getLogManager().reset(); // some drivers write a URL that they do not understand to the JDK's log
        int status = execute(args);
        System.out.flush();
        StandardError.settle();
        System.exit(status);
    }

    private static int execute(String[] args) {
        Charset charset = StandardError.charset();
        PrintWriter err = new PrintWriter(System.err, true, charset);
        try {
            CommandLine line = commandLine().setErr(err).setOut(new PrintWriter(System.out, true, charset));
            return line.execute(forKnownCommand(line, NativeText.arguments(args)));
        } catch (IllegalArgumentException e) {
            err.println("leader-lease: " + Failures.message(e));
            return CommandLine.ExitCode.USAGE;
        } catch (LinkageError | ServiceConfigurationError e) {
            err.println(
                    "leader-lease: a class is missing (" + Failures.message(e) + "): is the number of open files short"
                            + " (ulimit -n; 64 are enough), or a file of this installation damaged?");
            return CommandLine.ExitCode.SOFTWARE;
        } catch (OutOfMemoryError e) {
            err.println("leader-lease: " + Failures.message(e)
                    + ": is memory or the number of processes short (ulimit -u, -v," + " limits of the container)?");
            return CommandLine.ExitCode.SOFTWARE;
        }
    }

    /** A command that there is not stays an error when somebody asks for help with it: picocli would show ours instead. */
    static String[] forKnownCommand(CommandLine line, String[] args) {
        boolean unknown = args.length > 0
                && !args[0].startsWith("-")
                && !line.getSubcommands().containsKey(args[0]);
        return unknown ? new String[] {args[0]} : args;
    }

    static CommandLine commandLine() {
        // COMMAND's own arguments are not ours to read: neither options, nor @files
        CommandLine run = new CommandLine(new RunCommand()).setStopAtPositional(true);
        CommandLine line = new CommandLine(new Main());
        ServiceLoader.load(Subcommand.class).forEach(line::addSubcommand);
        line.addSubcommand(run).addSubcommand(new StatusCommand()).addSubcommand(new HelpCommand());
        return line.setExpandAtFiles(false)
                .setParameterExceptionHandler(Failures::usage)
                .setExecutionExceptionHandler(Failures::execution);
    }
}
