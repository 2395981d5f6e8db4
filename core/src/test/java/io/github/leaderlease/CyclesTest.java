package io.github.leaderlease;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Files that need each other can only be understood together. Their number may shrink here, but not grow. */
final class CyclesTest {

    private static final int MOST = 4;

    private final Map<String, Set<String>> uses = new HashMap<>();
    private final Map<String, Set<String>> reachable = new HashMap<>();

    @Test
    void theBiggestCycleOfFilesGrowsNoMore() {
        ArchitectureTest.CORE.forEach(this::add);
        uses.keySet().forEach(file -> reachable.put(file, reachable(file)));
        Set<String> biggest = uses.keySet().stream()
                .map(this::cycleOf)
                .max((a, b) -> Integer.compare(a.size(), b.size()))
                .orElseThrow();
        assertThat(uses).as("files").hasSizeGreaterThan(80);
        assertThat(biggest).as("files that need each other").hasSizeLessThanOrEqualTo(MOST);
    }

    private void add(JavaClass type) {
        String file = file(type);
        Set<String> used = uses.computeIfAbsent(file, name -> new TreeSet<>());
        for (Dependency each : type.getDirectDependenciesFromSelf()) {
            JavaClass target = each.getTargetClass().getBaseComponentType();
            if (target.getPackageName().startsWith("io.github.leaderlease")
                    && !file(target).equals(file)) {
                used.add(file(target));
            }
        }
    }

    /** That of the outermost class. */
    private static String file(JavaClass type) {
        String name = type.getName();
        int nested = name.indexOf('$');
        return nested < 0 ? name : name.substring(0, nested);
    }

    private Set<String> cycleOf(String file) {
        Set<String> cycle = new TreeSet<>(reachable.getOrDefault(file, Set.of()));
        cycle.removeIf(other -> !reachable.getOrDefault(other, Set.of()).contains(file));
        return cycle;
    }

    private Set<String> reachable(String from) {
        Set<String> seen = new TreeSet<>();
        Deque<String> next = new ArrayDeque<>(uses.getOrDefault(from, Set.of()));
        while (!next.isEmpty()) {
            String file = next.remove();
            if (seen.add(file)) {
                next.addAll(uses.getOrDefault(file, Set.of()));
            }
        }
        return seen;
    }
}
