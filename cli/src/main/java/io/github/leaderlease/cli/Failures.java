package io.github.leaderlease.cli;

import io.github.leaderlease.LeaderLeaseException;
import io.github.leaderlease.migrations.LeaseMigrationException;
import java.sql.SQLException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says in one line what is wrong; stack traces are for {@code --verbose} and for what we did not foresee. */
final class Failures {

    /** Ends a command with a message and an exit status of its own. */
    static final class Exit extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final int status;

        Exit(int status, String message) {
            super(message);
            this.status = status;
        }
    }

    private Failures() {}

    static int usage(ParameterException e, String[] args) {
        CommandLine line = e.getCommandLine();
        String name = line.getCommandSpec().qualifiedName();
        String what =
                e instanceof UnmatchedArgumentException unmatched ? unknown(unmatched.getUnmatched()) : message(e);
        line.getErr().println(name + ": " + what + " (see " + name + " --help)");
        return ExitCode.USAGE;
    }

    /** Only names are repeated: what stands where no option expects it may well be a password. */
    private static String unknown(List<String> arguments) {
        String first = arguments.get(0);
        return first.startsWith("-")
                ? "unknown option '" + first.split("=", 2)[0] + "'"
                : "an argument too many, before which stands no option that takes one";
    }

    static int execution(Exception e, CommandLine line, ParseResult parsed) {
        String name = line.getCommandSpec().qualifiedName();
        if (e instanceof IllegalArgumentException) {
            line.getErr().println(name + ": " + message(e));
            return ExitCode.USAGE;
        }
        line.getErr().println(name + ": " + message(e));
        if (Log.verbose() || !foreseen(e)) {
            e.printStackTrace(line.getErr());
        }
        return e instanceof Exit exit ? exit.status : ExitCode.SOFTWARE;
    }

    /** An exception's message, or its kind if it has none. */
    static String message(Throwable e) {
        String message = e.getMessage();
        return message == null || message.isBlank() ? e.getClass().getSimpleName() : oneLine(message);
    }

    private static String oneLine(String message) {
        return message.strip().replaceAll("\\s*\\R\\s*", " ");
    }

    private static boolean foreseen(Exception e) {
        return e instanceof Exit
                || e instanceof LeaderLeaseException
                || e instanceof LeaseMigrationException
                || e instanceof SQLException;
    }
}
