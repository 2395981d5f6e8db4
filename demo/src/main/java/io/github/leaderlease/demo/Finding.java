package io.github.leaderlease.demo;

import java.util.List;

/**
 * What became of one guarantee.
 *
 * @param guarantee in a few words
 * @param grounds what it was judged by
 * @param violations a sentence for each time that it was broken
 */
record Finding(String guarantee, String grounds, List<String> violations) {

    boolean kept() {
        return violations.isEmpty();
    }
}
