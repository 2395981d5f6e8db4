package io.github.leaderlease;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Compiles changed sources against the real classes, from memory to memory. */
final class MutantCompiler {

    private MutantCompiler() {}

    /**
     * Compiles.
     *
     * @param sources texts by file
     * @param neighbours classes whose places make up the class path
     * @return class files by class name
     */
    static Map<String, byte[]> compile(Map<Path, String> sources, Class<?>... neighbours) {
        if (sources.isEmpty()) {
            return Map.of();
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertThat(compiler).as("the compiler of a JDK").isNotNull();
        StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8);
        Outputs outputs = new Outputs(files);
        List<Text> units = new ArrayList<>();
        sources.forEach((path, text) -> units.add(new Text(path.toUri(), text)));
        StringWriter messages = new StringWriter();
        List<String> options = List.of("-proc:none", "-nowarn", "-classpath", classPath(neighbours));
        boolean compiled =
                compiler.getTask(messages, outputs, null, options, null, units).call();
        assertThat(compiled).as("the mutant compiles: %s", messages).isTrue();
        Map<String, byte[]> classes = new HashMap<>();
        outputs.written.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
        return classes;
    }

    private static String classPath(Class<?>... neighbours) {
        List<String> places = new ArrayList<>();
        for (Class<?> neighbour : neighbours) {
            try {
                URI place = neighbour
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI();
                places.add(Path.of(place).toString());
            } catch (URISyntaxException e) {
                throw new IllegalStateException("where is " + neighbour, e);
            }
        }
        return String.join(File.pathSeparator, places);
    }

    private static final class Text extends SimpleJavaFileObject {
        private final String text;

        Text(URI uri, String text) {
            super(uri, Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    private static final class Outputs extends ForwardingJavaFileManager<StandardJavaFileManager> {
        final Map<String, ByteArrayOutputStream> written = new HashMap<>();

        Outputs(StandardJavaFileManager files) {
            super(files);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
            return new SimpleJavaFileObject(URI.create("memory:///" + className.replace('.', '/')), kind) {
                @Override
                public OutputStream openOutputStream() {
                    return written.computeIfAbsent(className, name -> new ByteArrayOutputStream());
                }
            };
        }
    }
}
