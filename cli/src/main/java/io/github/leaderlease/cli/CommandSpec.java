package io.github.leaderlease.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a supervisor is to run.
 *
 * @param grace how long before the end of its right the command is asked to stop
 * @param stopTimeout how long it may take to stop when there is time
 * @param askEvery how often the supervisor asks whether the right still holds
 * @param environment added to the environment of the command, or taken out of it where the value is null
 * @param command the command and its arguments; here and in the environment, a character stands for a byte
 */
record CommandSpec(
        Duration grace,
        Duration stopTimeout,
        Duration askEvery,
        Map<String, @Nullable String> environment,
        List<String> command) {

    /** In the environment of the command and all that it starts: different for each run of the tool. */
    static final String MARK = "LEADER_LEASE_HOLDER";

    String mark() {
        return MARK + "=" + environment.get(MARK);
    }

    /** Whether only bytes of ASCII are to be given on. */
    boolean isAscii() {
        return command.stream().allMatch(NativeText::isAscii)
                && environment.values().stream().allMatch(value -> value == null || NativeText.isAscii(value));
    }

    Frame toFrame() {
        List<String> words = new ArrayList<>();
        words.add(Long.toString(grace.toNanos()));
        words.add(Long.toString(stopTimeout.toNanos()));
        words.add(Long.toString(askEvery.toNanos()));
        environment.forEach((name, value) -> words.add(value == null ? name : name + "=" + value));
        words.addAll(command);
        return new Frame(Frame.Kind.RUN, environment.size(), words);
    }

    static CommandSpec of(Frame frame) {
        List<String> words = frame.words();
        int commandAt = 3 + Math.toIntExact(frame.number());
        Map<String, @Nullable String> environment = new TreeMap<>();
        for (String variable : words.subList(3, commandAt)) {
            int equals = variable.indexOf('=');
            environment.put(
                    equals < 0 ? variable : variable.substring(0, equals),
                    equals < 0 ? null : variable.substring(equals + 1));
        }
        return new CommandSpec(
                nanos(words.get(0)),
                nanos(words.get(1)),
                nanos(words.get(2)),
                environment,
                List.copyOf(words.subList(commandAt, words.size())));
    }

    private static Duration nanos(String text) {
        return Duration.ofNanos(Long.parseLong(text));
    }
}
