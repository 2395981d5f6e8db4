package io.github.leaderlease;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** One run: faults for a while, then none, and all must be well again. */
final class Simulation {

    private static final int HERD = 60;
    private static final int MOST_ATTEMPTS = 10;
    private static final int LAST_LINES = 150;
    private static final int LONGEST_SETTLING = 250;
    private static final int SETTLED_ROUNDS = 3;

    private final World world;
    private final Chaos chaos;

    private Simulation(Profile profile, SplittableRandom random, int traceLines) {
        this.world = new World(profile, random, traceLines);
        this.chaos = new Chaos(world);
    }

    /**
     * What came of it.
     *
     * @param violation null if all was well
     * @param excessNanos how much later than 1.02 TTL after the last renewal somebody led, at most
     */
    record Outcome(
            long seed, @Nullable String violation, String trace, int terms, int mostAttempts, long excessNanos) {}

    static Outcome run(long seed, int traceLines) {
        SplittableRandom random = new SplittableRandom(seed);
        return run(seed, Profile.of(seed, random), random, traceLines);
    }

    static Outcome run(long seed, Profile profile, SplittableRandom random, int traceLines) {
        Simulation simulation = new Simulation(profile, random, traceLines);
        simulation.world.trace().log("SEED", () -> seed + " " + profile);
        simulation.play();
        Checker checker = simulation.world.checker();
        return new Outcome(
                seed,
                checker.violation(),
                simulation.world.trace().text(),
                checker.terms(),
                checker.mostAttempts(),
                checker.longestExcessNanos());
    }

    /** Called by reflection on mutated classes: the first failing seed and why, or null. */
    static @Nullable String firstViolation(long from, long to) {
        return LongStream.range(from, to)
                .parallel()
                .mapToObj(seed -> run(seed, 0))
                .filter(outcome -> outcome.violation() != null)
                .findFirst()
                .map(outcome -> "seed " + outcome.seed() + ": " + outcome.violation())
                .orElse(null);
    }

    /** The same for runs with servers that are demoted and promoted again. */
    static @Nullable String firstServerViolation(long from, long to) {
        return LongStream.range(from, to)
                .map(Profile::seedWithServers)
                .parallel()
                .mapToObj(seed -> run(seed, 0))
                .filter(outcome -> outcome.violation() != null)
                .findFirst()
                .map(outcome -> "seed " + outcome.seed() + ": " + outcome.violation())
                .orElse(null);
    }

    /** Called by reflection on mutated classes: whether many candidates stay out of each other's way. */
    static @Nullable String herdViolation(long from, long to) {
        for (long seed = from; seed < to; seed++) {
            Outcome outcome = run(seed, Profile.herd(HERD), new SplittableRandom(seed), 0);
            if (outcome.violation() != null || outcome.mostAttempts() > MOST_ATTEMPTS) {
                return "seed " + seed + ": " + HERD + " candidates sent " + outcome.mostAttempts()
                        + " attempts for one change of leader, violation: " + outcome.violation();
            }
        }
        return null;
    }

    /** The same run once more, with its last lines for people. */
    static String replay(long seed) {
        Outcome outcome = run(seed, LAST_LINES);
        return outcome.trace() + "\nseed " + seed + ": " + outcome.violation() + "\nreplay with -Dsimulation.seed="
                + seed;
    }

    private void play() {
        boolean together = world.random(0.5);
        for (Host slot : world.slots()) {
            double start = together ? 0 : world.random().nextDouble();
            world.time().after(world.fraction(start), () -> {
                if (slot.process == null) {
                    world.start(slot);
                }
            });
        }
        chaos.begin();
        passUntil(world.fraction(world.profile().rounds()).toNanos());
        chaos.stop();
        passUntil(Math.max(world.time().nanos(), world.lastTrouble()));
        settle();
    }

    /** Runs until the same leaders have led for some rounds. */
    private void settle() {
        List<Long> before = List.of();
        int same = 0;
        for (int round = 0; round < LONGEST_SETTLING && same < SETTLED_ROUNDS; round++) {
            passUntil(world.time().nanos() + world.fraction(1).toNanos());
            List<Long> leaders = leaders();
            same = leaders.equals(before) && !leaders.contains(0L) ? same + 1 : 0;
            before = leaders;
        }
        world.checker().settled();
    }

    private List<Long> leaders() {
        return LongStream.range(0, world.elections().size())
                .map(i -> world.processes().stream()
                        .mapToLong(process -> process.member((int) i).leadingToken())
                        .max()
                        .orElse(0))
                .boxed()
                .toList();
    }

    private void passUntil(long limit) {
        while (world.checker().violation() == null && world.time().stepUntil(limit)) {
            world.checker().check();
        }
    }
}
