package io.github.leaderlease.testdatabases;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Plays a scenario again when the machine stood in its way. A lease is a promise about time: on a machine that stops
 * everything for longer than a lease lasts, any term may end, cleanly, and anything may be late. Who is too slow, or loses
 * a lease before anything was done to it, in each of three rounds has no such excuse. What no machine excuses fails at
 * once, in any round: {@link BrokenGuarantee}.
 */
public final class Rounds {

    private static final int MOST = 3;

    /** What a scenario does, from an empty database to the last assertion. */
    @FunctionalInterface
    public interface Scenario {
        /** Plays it once. */
        void play(Rounds round) throws Exception;
    }

    /** The machine's fault, or so it is taken at first. */
    private static final class Disturbance extends AssertionError {
        private static final long serialVersionUID = 1L;

        Disturbance(String what) {
            super(what);
        }
    }

    private record Excuse(String what, BooleanSupplier holds) {}

    private final List<Excuse> excuses = new ArrayList<>();

    private Rounds() {}

    /** Plays it until it succeeds, at most three times as long as something disturbs it. */
    public static void play(Scenario scenario) throws Exception {
        for (int round = 1; ; round++) {
            Rounds rounds = new Rounds();
            try {
                scenario.play(rounds);
                return;
            } catch (Exception | AssertionError e) {
                String what = rounds.disturbance(e);
                if (what == null || round == MOST || BrokenGuarantee.isIn(e)) {
                    throw e;
                }
                System.out.println("[rounds] round " + round + " of " + MOST + " was disturbed: " + what);
            }
        }
    }

    private @Nullable String disturbance(Throwable failure) {
        if (failure instanceof Disturbance) {
            return failure.getMessage();
        }
        return excuses.stream()
                .filter(excuse -> excuse.holds().getAsBoolean())
                .map(excuse -> excuse.what() + "; so " + failure)
                .findFirst()
                .orElse(null);
    }

    /** Whatever fails in this round is no failure if this holds then. */
    public void excuse(String what, BooleanSupplier holds) {
        excuses.add(new Excuse(what, holds));
    }

    /** The round is over, and to be played again, unless this holds. */
    public void require(boolean holds, String what) {
        if (!holds) {
            throw new Disturbance(what);
        }
    }

    /** A bound on time as people see it, which a busy machine may exceed once. */
    public void within(Duration bound, Duration took, String what) {
        require(took.compareTo(bound) <= 0, what + " took " + took + ", more than " + bound);
    }
}
