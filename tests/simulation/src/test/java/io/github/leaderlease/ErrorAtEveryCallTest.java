package io.github.leaderlease;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whatever is thrown wherever: each call in core that a run makes throws once, in a run of its own. Each place in the code
 * does so at one of its calls; {@code -Dsimulation.errors=all} lets it be the first, the last and one between.
 */
final class ErrorAtEveryCallTest {

    private static final Logger LOG = LoggerFactory.getLogger(ErrorAtEveryCallTest.class);
    private static final List<Supplier<Throwable>> ERRORS = List.of(
            () -> new OutOfMemoryError("on purpose"),
            () -> new IllegalStateException("on purpose"),
            () -> new StackOverflowError("on purpose"));

    private static final MinedClasses CORE = new MinedClasses();

    @BeforeAll
    static void quietLog() {
        QuietLog.set();
    }

    @Test
    void afterAnyErrorEachElectionHasOneLeaderThatDoesItsJob() {
        List<long[]> calls = calls();
        int parts = Runtime.getRuntime().availableProcessors();
        Map<String, String> wrong = new TreeMap<>();
        IntStream.range(0, parts).parallel().forEach(part -> {
            MutantLoader classes = classes();
            long[][] unused = record(classes);
            Method violation = classes.method(ErrorRun.class, "violation", long.class, Supplier.class);
            for (int i = part; i < calls.size(); i += parts) {
                long[] call = calls.get(i);
                Supplier<Throwable> error = ERRORS.get(i % ERRORS.size());
                Object found = call(violation, call[1], error);
                if (found != null) {
                    synchronized (wrong) {
                        wrong.put(CORE.places().get((int) call[0]) + " (call " + call[1] + ")", found.toString());
                    }
                }
            }
        });
        LOG.info(
                "{} errors, at {} places",
                calls.size(),
                calls.stream().mapToLong(call -> call[0]).distinct().count());
        assertThat(wrong).isEmpty();
        assertThat(calls).as("calls of a whole run").hasSizeGreaterThan(500);
    }

    /** The place and the number of each call that shall throw. */
    private static List<long[]> calls() {
        long[][] ordinals = record(classes());
        boolean all = "all".equals(System.getProperty("simulation.errors"));
        List<long[]> calls = new ArrayList<>();
        for (int place = 0; place < ordinals.length; place++) {
            long[] seen =
                    LongStream.of(ordinals[place]).filter(n -> n > 0).distinct().toArray();
            for (int i = 0; i < seen.length; i++) {
                if (all || i == place % seen.length) {
                    calls.add(new long[] {place, seen[i]});
                }
            }
        }
        return calls;
    }

    private static long[][] record(MutantLoader classes) {
        return (long[][]) call(
                classes.method(ErrorRun.class, "record", int.class),
                CORE.places().size());
    }

    /** Of their own, so that runs beside each other have nothing in common. */
    private static MutantLoader classes() {
        return new MutantLoader(ErrorAtEveryCallTest.class.getClassLoader(), CORE.classes());
    }

    private static Object call(Method method, Object... arguments) {
        try {
            return method.invoke(null, arguments);
        } catch (InvocationTargetException e) {
            throw new AssertionError("the run itself failed", e.getCause());
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }
}
