package io.github.leaderlease.spi;

/**
 * Queries about sessions of the server.
 *
 * @param own the session that asks: one text
 * @param busy how many others, of those in the list parameter {@code <sessions>}, still wait for what nothing ends
 */
public record SessionQueries(String own, String busy) {}
