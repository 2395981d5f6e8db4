package io.github.leaderlease.testdatabases;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A server process that cannot outlive this JVM, however the JVM ends: a watching shell holds the other end of a pipe,
 * and when that closes it kills the server and deletes its directory.
 */
final class ServerProcess {
    private static final Duration BOUND = Duration.ofSeconds(30);

    // The watcher is killed as soon as the server has ended, so that it can never hit a later process with the same id.
    // Children are named because a frozen child of a killed PostgreSQL would not notice by itself, and before the
    // server
    // because the watcher may be gone as soon as the server is. When this JVM was the last link of their process group
    // to
    // the rest of the session, a process in it that is stopped makes the kernel send all of them SIGHUP. The directory
    // goes last: a server writes until it is
    // dead.
    private static final String WATCHED = """
            directory=$1 log=$2; shift 2
            exec 3<&0
            "$@" </dev/null >>"$log" 2>&1 3<&- & server=$!
            trap '' HUP
            ( read -r never <&3
              : >"$directory/orphaned"
              kill -STOP $server
              kill -KILL $(cat /proc/$server/task/$server/children 2>/dev/null) $server
            ) >/dev/null 2>&1 & watcher=$!
            echo $server
            wait $server; status=$?
            kill -KILL $watcher
            if [ -e "$directory/orphaned" ]; then
              until rm -rf "$directory" || [ $((tries += 1)) -ge 5 ]; do sleep 1; done
            fi
            exit $status
            """;

    private final Process shell;
    private final ProcessHandle server;

    private ServerProcess(Process shell, long pid) {
        this.shell = shell;
        this.server = ProcessHandle.of(pid)
                .orElseThrow(() -> new IllegalStateException("The server process " + pid + " ended at once"));
    }

    static ServerProcess launch(List<String> command, Path directory, Path log) {
        List<String> watched =
                new ArrayList<>(List.of("sh", "-c", WATCHED, "watched-server", directory.toString(), log.toString()));
        watched.addAll(command);
        try {
            Process shell = new ProcessBuilder(watched)
                    .directory(directory.toFile())
                    .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            BufferedReader said = new BufferedReader(new InputStreamReader(shell.getInputStream(), UTF_8));
            return new ServerProcess(shell, Long.parseLong(said.readLine()));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start " + command, e);
        }
    }

    /** False from the moment that the server has ended. */
    boolean alive() {
        return shell.isAlive();
    }

    /** Kills the server and all its children with SIGKILL, and returns when they are gone. */
    void crash() {
        if (alive()) {
            signal("STOP", server);
            signal("KILL", family());
        }
        awaitEnd();
    }

    void freeze() {
        // The parent first: from then on there are no new children.
        signal("STOP", server);
        signal("STOP", family());
    }

    void thaw() {
        signal("CONT", family());
    }

    private ProcessHandle[] family() {
        return Stream.concat(server.descendants(), Stream.of(server)).toArray(ProcessHandle[]::new);
    }

    private void awaitEnd() {
        try {
            if (!shell.waitFor(BOUND.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("Server process " + server.pid() + " did not end in " + BOUND);
            }
            shell.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while server process " + server.pid() + " ended", e);
        }
    }

    private static void signal(String name, ProcessHandle... processes) {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "kill -" + name + " \"$@\"", "signal"));
        for (ProcessHandle process : processes) {
            command.add(Long.toString(process.pid()));
        }
        // A child that ended meanwhile makes kill complain, which is no fault.
        Command.outcome(command);
    }
}
