package io.github.leaderlease;

import org.jspecify.annotations.Nullable;

/** A setting may be given once: the second time is a mistake somewhere, and we cannot know which one is meant. */
final class Once {

    private Once() {}

    static <T> T set(String setting, @Nullable T before, T value) {
        if (before != null) {
            throw new IllegalStateException(setting + " was already set to " + before + ", now to " + value);
        }
        return value;
    }
}
