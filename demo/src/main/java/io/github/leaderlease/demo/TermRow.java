package io.github.leaderlease.demo;

import org.jspecify.annotations.Nullable;

/**
 * A row of {@code leader_term}.
 *
 * @param endReason null while the term is open
 */
record TermRow(
        long token, String node, boolean open, @Nullable String endReason) {}
