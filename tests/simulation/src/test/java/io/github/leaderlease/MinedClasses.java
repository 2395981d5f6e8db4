package io.github.leaderlease;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.Handle;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;

/** The classes of core, with a call of {@link Bomb} before each call that they make. */
final class MinedClasses {

    private static final int API = Opcodes.ASM9;
    private static final String BOMB = Bomb.class.getName().replace('.', '/');

    private final Map<String, byte[]> classes = new HashMap<>();
    private final List<String> places = new ArrayList<>();

    MinedClasses() {
        try {
            URI origin = Engine.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI();
            if (Files.isDirectory(Path.of(origin))) {
                mineAll(Path.of(origin));
            } else {
                try (FileSystem jar = FileSystems.newFileSystem(Path.of(origin))) {
                    mineAll(jar.getPath("/"));
                }
            }
        } catch (IOException | URISyntaxException e) {
            throw new IllegalStateException("where is core", e);
        }
    }

    /** By name. */
    Map<String, byte[]> classes() {
        return classes;
    }

    /** Where the calls are, by number. */
    List<String> places() {
        return places;
    }

    private void mineAll(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            files.filter(file -> file.toString().endsWith(".class")
                            && !file.endsWith("module-info.class")
                            && !file.endsWith("package-info.class"))
                    .sorted()
                    .forEach(this::mine);
        }
    }

    private void mine(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            ClassReader reader = new ClassReader(in);
            ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
            String name = reader.getClassName().replace('/', '.');
            reader.accept(new Miner(writer, name), 0);
            classes.put(name, writer.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final class Miner extends ClassVisitor {
        private final String type;

        Miner(ClassVisitor next, String type) {
            super(API, next);
            this.type = type;
        }

        @Override
        public MethodVisitor visitMethod(int access, String name, String text, String signature, String[] thrown) {
            MethodVisitor next = super.visitMethod(access, name, text, signature, thrown);
            return name.equals("<clinit>") ? next : new Calls(next, type + "." + name);
        }
    }

    private final class Calls extends MethodVisitor {
        private final String method;

        Calls(MethodVisitor next, String method) {
            super(API, next);
            this.method = method;
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String name, String text, boolean isInterface) {
            mine(owner + "." + name);
            super.visitMethodInsn(opcode, owner, name, text, isInterface);
        }

        @Override
        public void visitInvokeDynamicInsn(String name, String text, Handle bootstrap, Object... arguments) {
            mine("a lambda " + name);
            super.visitInvokeDynamicInsn(name, text, bootstrap, arguments);
        }

        /** What a listener or a condition throws is its own affair. */
        private void mine(String called) {
            if (called.endsWith("LeaderListener.onEvent") || called.endsWith("BooleanSupplier.getAsBoolean")) {
                return;
            }
            super.visitLdcInsn(places.size());
            super.visitMethodInsn(Opcodes.INVOKESTATIC, BOMB, "call", "(I)V", false);
            places.add(method + " -> " + called);
        }
    }
}
