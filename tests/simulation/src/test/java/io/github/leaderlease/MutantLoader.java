package io.github.leaderlease;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.util.Map;

/** Loads all of leader-lease anew, so that changed classes and unchanged ones share a package; all else is shared. */
final class MutantLoader extends ClassLoader {

    private static final String OURS = "io.github.leaderlease.";

    private final Map<String, byte[]> changed;

    MutantLoader(ClassLoader parent, Map<String, byte[]> changed) {
        super(parent);
        this.changed = changed;
    }

    /** A static method of a class that is loaded so, to be called by reflection. */
    Method method(Class<?> type, String name, Class<?>... parameters) {
        try {
            Method method = loadClass(type.getName()).getDeclaredMethod(name, parameters);
            if (method.getDeclaringClass().equals(type)) {
                throw new LinkageError(type + " was not loaded anew");
            }
            method.setAccessible(true);
            return method;
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(type + " cannot be called", e);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(OURS)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded == null ? define(name) : loaded;
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        byte[] bytes = changed.get(name);
        if (bytes == null) {
            bytes = original(name);
        }
        return defineClass(name, bytes, 0, bytes.length);
    }

    private byte[] original(String name) throws ClassNotFoundException {
        try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }
}
