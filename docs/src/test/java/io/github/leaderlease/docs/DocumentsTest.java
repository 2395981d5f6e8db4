package io.github.leaderlease.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The documents must not rot: all their Java compiles, their links lead somewhere, and the README stays short. */
final class DocumentsTest {

    private static final Path ROOT = Path.of(System.getProperty("leaderlease.root", ".."));
    private static final Pattern JAVA = Pattern.compile("(?m)^```java\n(.*?)^```", Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("(?:]\\(|(?:src|srcset)=\")([^)\"#:]+)(#[^)\"]*)?[)\"]");

    /** A block, and where it stands. */
    record Block(String place, String code) {
        @Override
        public String toString() {
            return place;
        }
    }

    static Stream<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            List<Path> pages =
                    new ArrayList<>(docs.filter(page -> page.toString().endsWith(".md"))
                            .sorted()
                            .toList());
            pages.add(ROOT.resolve("README.md"));
            pages.add(ROOT.resolve("CONTRIBUTING.md"));
            return pages.stream();
        }
    }

    static Stream<Block> blocks() throws IOException {
        List<Block> blocks = new ArrayList<>();
        for (Path page : pages().toList()) {
            Matcher block = JAVA.matcher(Files.readString(page));
            while (block.find()) {
                blocks.add(new Block(page.getFileName() + " " + (blocks.size() + 1), block.group(1)));
            }
        }
        assertThat(blocks).hasSizeGreaterThan(7);
        return blocks.stream();
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void theirJavaCompiles(Block block, @TempDir Path classes) {
        StringWriter messages = new StringWriter();

        boolean compiled = compile(surrounded(block.code()), classes, messages);

        assertThat(compiled).as(messages.toString()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void theirLinksLeadSomewhere(Path page) throws IOException {
        List<String> broken = new ArrayList<>();
        Matcher link = LINK.matcher(Files.readString(page));
        while (link.find()) {
            if (!Files.exists(page.resolveSibling(link.group(1)))) {
                broken.add(link.group(1));
            }
        }

        assertThat(broken).isEmpty();
    }

    @Test
    void theReadmeStaysShort() throws IOException {
        assertThat(Files.readAllLines(ROOT.resolve("README.md"))).hasSizeLessThan(150);
    }

    /** A whole class stands for itself; methods and statements get a class around them. */
    private static String surrounded(String code) {
        if (code.contains("public final class ")) {
            return code;
        }
        boolean methods = code.startsWith("@");
        return """
                import static org.junit.jupiter.api.Assertions.assertTrue;

                import io.github.leaderlease.*;
                import io.github.leaderlease.migrations.LeaseMigrations;
                import java.sql.*;
                import java.time.Duration;
                import java.util.concurrent.*;
                import javax.sql.DataSource;
                import org.slf4j.Logger;

                abstract class Document {
                    @interface Transactional {}

                    DataSource dataSource;
                    DataSource plainPool;
                    Connection connection;
                    LeaseCoordinator coordinator;
                    Leadership leadership;
                    Leadership.Work<Integer, SQLException> work;
                    Logger log;

                    abstract void sendInvoices(long fencingToken) throws InterruptedException;

                    abstract int bookInvoices(Connection connection);

                    %s
                    %s
                    %s
                }
                """.formatted(methods ? "" : "void use() throws Exception {", code, methods ? "" : "}");
    }

    private static boolean compile(String source, Path classes, StringWriter messages) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        Matcher type = Pattern.compile("class (\\w+)").matcher(source);
        String name = type.find() ? type.group(1) : "Document";
        JavaFileObject file =
                new SimpleJavaFileObject(URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return source;
                    }
                };
        List<String> options =
                List.of("-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
        return compiler.getTask(messages, null, null, options, null, List.of(file))
                .call();
    }
}
