package io.github.leaderlease.testdatabases;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/** A server process of ours with its data folder: it can be crashed, frozen and started again on the same data. */
final class LocalServer {
    private static final Duration START_BOUND = Duration.ofSeconds(90);
    private static final int MAX_LINGERING = 20;
    private static final Duration LOGIN_BOUND = Duration.ofSeconds(10);

    private enum State {
        RUNNING,
        FROZEN,
        DOWN
    }

    private final Engine engine;
    private final Endpoint endpoint;
    private final List<String> command;
    private final Path directory;
    private final Path log;
    private State state = State.DOWN;
    private @Nullable ServerProcess process;

    LocalServer(Engine engine, Endpoint endpoint, List<String> command, Path directory) {
        this.engine = engine;
        this.endpoint = endpoint;
        this.command = command;
        this.directory = directory;
        this.log = directory.resolve("server.log");
    }

    synchronized boolean running() {
        return state == State.RUNNING;
    }

    synchronized LocalServer start() {
        if (state != State.DOWN) {
            throw new IllegalStateException("Cannot start the server at " + endpoint.location() + ": it is " + state);
        }
        boolean runs = launch();
        for (int again = 0; !runs && again < MAX_LINGERING && formerLifeLingers(); again++) {
            runs = launch();
        }
        if (!runs) {
            throw new IllegalStateException(complaint("ended while it started"));
        }
        state = State.RUNNING;
        return this;
    }

    /** Whether it ran and has ended though nobody crashed it. */
    synchronized boolean hasEnded() {
        return state == State.RUNNING && process != null && !process.alive();
    }

    /**
     * Starts it again if it has ended though nobody crashed it: database servers have bugs, too.
     *
     * @return what it wrote last, if so
     */
    synchronized @Nullable String revive() {
        if (!hasEnded()) {
            return null;
        }
        String last = log();
        state = State.DOWN;
        start();
        return last;
    }

    /** False if it ended by itself. */
    private boolean launch() {
        ServerProcess started = ServerProcess.launch(command, directory, log);
        process = started;
        try {
            await().atMost(START_BOUND)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> !started.alive() || acceptsLogin());
        } catch (ConditionTimeoutException e) {
            started.crash();
            throw new IllegalStateException(complaint("accepts no login after " + START_BOUND), e);
        }
        return started.alive();
    }

    /** PostgreSQL refuses to start while the kernel is still busy with the children that a crash has killed. */
    private boolean formerLifeLingers() {
        return log().contains("pre-existing shared memory block");
    }

    synchronized void crash() {
        if (process == null || state == State.DOWN) {
            throw new IllegalStateException("Cannot crash the server at " + endpoint.location() + ": it is down");
        }
        process.crash();
        state = State.DOWN;
    }

    synchronized void freeze() {
        require(State.RUNNING, "freeze").freeze();
        state = State.FROZEN;
    }

    synchronized void thaw() {
        require(State.FROZEN, "thaw").thaw();
        state = State.RUNNING;
    }

    synchronized void close() {
        if (process != null) {
            process.crash();
            process = null;
        }
        state = State.DOWN;
        Folders.delete(directory);
    }

    private ServerProcess require(State wanted, String action) {
        if (state != wanted || process == null) {
            throw new IllegalStateException(
                    "Cannot " + action + " the server at " + endpoint.location() + ": it is " + state);
        }
        return process;
    }

    private boolean acceptsLogin() {
        Driver driver = engine.ownDriver();
        String url = driver.url(endpoint, endpoint.adminDatabase());
        try (Connection connection =
                driver.dataSource(url, endpoint.user(), endpoint.password()).getConnection()) {
            return connection.isValid((int) LOGIN_BOUND.toSeconds());
        } catch (SQLException e) {
            return false;
        }
    }

    private String complaint(String what) {
        return engine.title() + " at " + endpoint.location() + " " + what + ": " + command + "\n" + log();
    }

    private String log() {
        try {
            return Command.tail(Files.readString(log));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
