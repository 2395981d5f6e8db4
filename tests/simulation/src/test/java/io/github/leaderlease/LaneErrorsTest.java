package io.github.leaderlease;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** As {@link ErrorAtEveryCallTest}, for what simulated time leaves out: lanes, their threads, and the engine's thread. */
final class LaneErrorsTest {

    private static final Logger LOG = LoggerFactory.getLogger(LaneErrorsTest.class);
    private static final MinedClasses CORE = new MinedClasses();

    /** They mostly wait. */
    private static final int AT_ONCE = 8;

    private static final List<Supplier<Throwable>> ERRORS = List.of(
            () -> new OutOfMemoryError("on purpose"),
            () -> new IllegalStateException("on purpose"),
            () -> new StackOverflowError("on purpose"));

    @BeforeAll
    static void quietLog() {
        QuietLog.set();
    }

    @Test
    void afterAnyErrorCallsAreAnsweredAgain() throws Exception {
        List<Integer> places = places();
        Map<String, String> wrong = new TreeMap<>();
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<Future<?>> parts = new ArrayList<>();
            for (int part = 0; part < AT_ONCE; part++) {
                int first = part;
                parts.add(threads.submit(() -> {
                    Method violation = classes().method(LaneRun.class, "violation", int.class, Supplier.class);
                    for (int i = first; i < places.size(); i += AT_ONCE) {
                        Object found = violation.invoke(null, places.get(i), ERRORS.get(i % ERRORS.size()));
                        if (found != null) {
                            synchronized (wrong) {
                                wrong.put(CORE.places().get(places.get(i)), found.toString());
                            }
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> part : parts) {
                part.get(10, TimeUnit.MINUTES);
            }
        } finally {
            threads.shutdownNow();
        }
        LOG.info("errors at {} places of lanes and the engine's thread", places.size());
        assertThat(wrong).isEmpty();
        assertThat(places).as("places of lanes and threads").hasSizeGreaterThan(60);
    }

    private static List<Integer> places() throws ReflectiveOperationException {
        boolean[] passed = (boolean[]) classes()
                .method(LaneRun.class, "record", int.class)
                .invoke(null, CORE.places().size());
        List<Integer> places = new ArrayList<>();
        for (int place = 0; place < passed.length; place++) {
            if (passed[place]) {
                places.add(place);
            }
        }
        return places;
    }

    /** Of their own, so that runs beside each other have nothing in common. */
    private static MutantLoader classes() {
        Map<String, byte[]> mined = new HashMap<>();
        CORE.classes().forEach((type, bytes) -> {
            if (type.matches(".*\\.(Lane|LaneThread|SystemScheduler)(\\$.*)?")) {
                mined.put(type, bytes);
            }
        });
        return new MutantLoader(LaneErrorsTest.class.getClassLoader(), mined);
    }
}
