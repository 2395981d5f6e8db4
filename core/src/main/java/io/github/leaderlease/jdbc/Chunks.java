package io.github.leaderlease.jdbc;

import java.util.ArrayList;
import java.util.List;

/** Long lists, split so that no driver's or server's limit on parameters is met. */
final class Chunks {

    private static final int MOST = 500;

    private Chunks() {}

    static <T> List<List<T>> of(List<T> all) {
        List<List<T>> chunks = new ArrayList<>();
        for (int from = 0; from < all.size(); from += MOST) {
            chunks.add(all.subList(from, Math.min(all.size(), from + MOST)));
        }
        return chunks;
    }
}
