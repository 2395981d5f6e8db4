package io.github.leaderlease;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Makes each change of what users can see visible in review: src/test/resources/api.txt lists it. After an intended
 * change copy target/api.txt, which this test writes, over it.
 */
final class ApiTest {

    private static final Set<String> EXPORTED =
            ModuleFinder.of(Path.of("target", "classes")).findAll().iterator().next().descriptor().exports().stream()
                    .map(ModuleDescriptor.Exports::source)
                    .collect(Collectors.toSet());

    private static final String ROOT = "io\\.github\\.leaderlease\\.";

    @Test
    void theApiIsAsListed() throws IOException {
        String actual = publicTypes()
                .sorted(Comparator.comparing(Class::getName))
                .map(ApiTest::describe)
                .collect(Collectors.joining("\n"));
        Path copy = Files.writeString(Path.of("target", "api.txt"), actual);
        assertThat(actual)
                .as("the API has changed; if it should, copy core/%s to core/src/test/resources", copy)
                .isEqualTo(listed());
    }

    @Test
    void thereAreFewerThan25PublicTypes() {
        assertThat(publicTypes().filter(type -> !type.isMemberClass())).hasSizeLessThan(25);
    }

    private static String listed() throws IOException {
        try (InputStream in = ApiTest.class.getResourceAsStream("/api.txt")) {
            assertThat(in).as("api.txt").isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Stream<? extends Class<?>> publicTypes() {
        return new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("io.github.leaderlease").stream()
                        .filter(type -> EXPORTED.contains(type.getPackageName()))
                        .map(type -> type.reflect())
                        .filter(ApiTest::visible);
    }

    private static boolean visible(Class<?> type) {
        return Modifier.isPublic(type.getModifiers())
                && !type.getSimpleName().equals("package-info")
                && (type.getEnclosingClass() == null || visible(type.getEnclosingClass()));
    }

    private static String describe(Class<?> type) {
        List<String> lines = new ArrayList<>();
        lines.add(kind(type) + " " + type.getName().replaceAll(ROOT, "") + supertypes(type));
        Stream.concat(
                        Stream.of(type.getDeclaredFields(), type.getDeclaredConstructors(), type.getDeclaredMethods())
                                .flatMap(Arrays::<Member>stream),
                        parts(type).flatMap(part -> Stream.of(part.getDeclaredMethods())))
                .filter(member -> (member.getModifiers() & (Modifier.PUBLIC | Modifier.PROTECTED)) != 0)
                .filter(member -> !member.isSynthetic() && !fromObject(member))
                .map(member -> "    " + signature(member))
                .sorted()
                .forEach(lines::add);
        return String.join("\n", lines) + "\n";
    }

    /** Interfaces that users cannot see: what is in them they see in this one. */
    private static Stream<Class<?>> parts(Class<?> type) {
        return Arrays.stream(type.getInterfaces()).filter(each -> !Modifier.isPublic(each.getModifiers()));
    }

    private static String kind(Class<?> type) {
        if (type.isRecord()) {
            return "record";
        }
        return type.isInterface()
                ? type.isSealed() ? "sealed interface" : "interface"
                : type.isEnum() ? "enum" : "class";
    }

    private static String supertypes(Class<?> type) {
        List<String> names = new ArrayList<>();
        Class<?> parent = type.getSuperclass();
        if (parent != null && !List.of(Object.class, Record.class, Enum.class).contains(parent)) {
            names.add(name(parent));
        }
        Arrays.stream(type.getInterfaces())
                .filter(each -> Modifier.isPublic(each.getModifiers()))
                .map(ApiTest::name)
                .forEach(names::add);
        return names.isEmpty() ? "" : " : " + String.join(", ", names);
    }

    private static boolean fromObject(Member member) {
        return List.of("equals", "hashCode", "toString").contains(member.getName());
    }

    private static String signature(Member member) {
        String prefix = Modifier.isStatic(member.getModifiers()) ? "static " : "";
        if (member instanceof Field field) {
            return prefix + name(field.getGenericType()) + " " + field.getName();
        }
        Executable executable = (Executable) member;
        String parameters = Arrays.stream(executable.getGenericParameterTypes())
                .map(ApiTest::name)
                .collect(Collectors.joining(", ", "(", ")"));
        if (executable instanceof Constructor<?>) {
            return "new" + parameters;
        }
        Method method = (Method) executable;
        String body = method.isDefault() ? "default " : "";
        return prefix + body + name(method.getGenericReturnType()) + " " + method.getName() + parameters;
    }

    private static String name(Type type) {
        return type.getTypeName().replaceAll(ROOT, "").replaceAll("java\\.(lang|util|time)\\.", "");
    }
}
