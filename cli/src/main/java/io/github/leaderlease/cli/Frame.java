package io.github.leaderlease.cli;

import java.util.List;

/** One message between the tool and its supervisor. */
record Frame(Kind kind, long number, List<String> words) {

    enum Kind {
        /** Tool to supervisor: what to run, as a {@link CommandSpec}. */
        RUN,
        /** Supervisor to tool: how long may the command still run? */
        ASK,
        /** Tool to supervisor: for so many nanoseconds after your question; none if the right is over. */
        ANSWER,
        /** Supervisor to tool: the command runs, as this process id. */
        STARTED,
        /** Supervisor to tool: the command could not be started; the exit status for that, and why. */
        NOT_STARTED,
        /** Supervisor to tool: the command has ended by itself with this exit status. */
        ENDED,
        /** Supervisor to tool: the command has ended after it was told to. */
        STOPPED,
        /** Tool to supervisor: stop the command, it may take the time that the task allows. */
        STOP,
        /** Tool to supervisor: the right to run is over, kill the command now. */
        OVER
    }

    Frame(Kind kind, long number) {
        this(kind, number, List.of());
    }
}
