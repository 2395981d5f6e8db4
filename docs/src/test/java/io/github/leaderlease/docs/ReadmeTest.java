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
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README must not rot: its Java compiles, its links lead somewhere, and it stays short. */
final class ReadmeTest {

    private static final Path ROOT = Path.of(System.getProperty("leaderlease.root", ".."));

    @Test
    void itsJavaCompiles(@TempDir Path classes) throws IOException {
        Matcher block = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(readme());
        assertThat(block.find()).isTrue();
        StringWriter messages = new StringWriter();

        boolean compiled = compile(surrounded(block.group(1)), classes, messages);

        assertThat(compiled).as(messages.toString()).isTrue();
    }

    @Test
    void itsLinksLeadSomewhere() throws IOException {
        List<String> broken = new ArrayList<>();
        Matcher link = Pattern.compile("]\\(([^)#:]+)\\)").matcher(readme());
        int links = 0;
        while (link.find()) {
            links++;
            if (!Files.exists(ROOT.resolve(link.group(1)))) {
                broken.add(link.group(1));
            }
        }

        assertThat(links).isGreaterThan(5);
        assertThat(broken).isEmpty();
    }

    @Test
    void itStaysShort() throws IOException {
        assertThat(readme().lines().count()).isLessThan(150);
    }

    private static String readme() throws IOException {
        return Files.readString(ROOT.resolve("README.md"));
    }

    private static String surrounded(String statements) {
        return """
                import io.github.leaderlease.*;
                import io.github.leaderlease.migrations.LeaseMigrations;
                import java.sql.Connection;
                import java.time.Duration;
                import javax.sql.DataSource;
                import org.slf4j.Logger;

                final class Readme {
                    void sendInvoices(long fencingToken) throws InterruptedException {}

                    int bookInvoices(Connection connection) {
                        return 0;
                    }

                    void use(DataSource dataSource, Logger log) throws InterruptedException {
                %s
                    }
                }
                """.formatted(statements);
    }

    private static boolean compile(String source, Path classes, StringWriter messages) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        JavaFileObject file =
                new SimpleJavaFileObject(URI.create("string:///Readme.java"), JavaFileObject.Kind.SOURCE) {
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
