package io.github.leaderlease;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.testkit.InMemoryDatabase;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Our own source with a fault put into it, compiled in memory, and run through the simulation. */
final class Mutant {

    private static final String PACKAGE = "io/github/leaderlease/";
    private static final long SEEDS_AT_ONCE = 64;

    private final Map<Path, String> sources = new LinkedHashMap<>();
    private long[] known = {};

    /** Changes a class of core. */
    Mutant core(String name, String snippet, String replacement) throws IOException {
        return change(root().resolve("core/src/main/java/" + PACKAGE + name + ".java"), snippet, replacement);
    }

    /** Seeds that have shown it are tried first. They may show it no more, since the code has changed: then all are tried. */
    Mutant knownAt(long... seeds) {
        known = seeds;
        return this;
    }

    /** Changes the store, as a fault in its SQL would. */
    Mutant store(String snippet, String replacement) throws IOException {
        Path source = root().resolve("testkit/src/main/java/" + PACKAGE + "testkit/InMemoryLeaseStore.java");
        return change(source, snippet, replacement);
    }

    /** Replaces the only place where a piece of code stands; how it is broken into lines does not matter. */
    private Mutant change(Path source, String snippet, String replacement) throws IOException {
        String text = sources.containsKey(source) ? sources.get(source) : Files.readString(source);
        String anyBlanks =
                Arrays.stream(snippet.split("\\s+")).map(Pattern::quote).collect(Collectors.joining("\\s+"));
        Matcher matcher = Pattern.compile(anyBlanks).matcher(text);
        assertThat(matcher.results().count())
                .as("places of '%s' in %s; keep this mutant in step with the code", snippet, source.getFileName())
                .isEqualTo(1);
        sources.put(source, matcher.replaceFirst(Matcher.quoteReplacement(replacement)));
        return this;
    }

    private static Path root() {
        String given = System.getProperty("leaderlease.root");
        Path path = given == null ? Path.of("").toAbsolutePath() : Path.of(given);
        while (path != null && !Files.isDirectory(path.resolve(".mvn"))) {
            path = path.getParent();
        }
        assertThat(path).as("the project's folder, with .mvn in it").isNotNull();
        return path;
    }

    /** The first seed below the limit that shows the fault, and how; null if none does. */
    @Nullable
    String caughtBySeedsBelow(long limit) throws ReflectiveOperationException {
        return caughtBelow(limit, check("firstViolation"));
    }

    /** The same in so many runs with servers that are demoted and promoted again. */
    @Nullable
    String caughtByServersBelow(long limit) throws ReflectiveOperationException {
        return caughtBelow(limit, check("firstServerViolation"));
    }

    private @Nullable String caughtBelow(long limit, Method check) throws ReflectiveOperationException {
        for (long seed : known) {
            String found = (String) check.invoke(null, seed, seed + 1);
            if (found != null) {
                return found;
            }
        }
        for (long from = 0; from < limit; from += SEEDS_AT_ONCE) {
            String found = (String) check.invoke(null, from, Math.min(limit, from + SEEDS_AT_ONCE));
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** How the run with many candidates shows the fault; null if it does not. */
    @Nullable
    String caughtByHerd() throws ReflectiveOperationException {
        return (String) check("herdViolation").invoke(null, 0L, 3L);
    }

    private Method check(String name) throws ReflectiveOperationException {
        Map<String, byte[]> classes = MutantCompiler.compile(
                sources, Engine.class, InMemoryDatabase.class, org.slf4j.Logger.class, Nullable.class);
        return new MutantLoader(Simulation.class.getClassLoader(), classes)
                .method(Simulation.class, name, long.class, long.class);
    }
}
