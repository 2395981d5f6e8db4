package io.github.leaderlease.spi;

/**
 * Names one term of one holder. Every change of a lease names all three parts, so that a late call can never touch
 * somebody else's term.
 *
 * @param election the name that nodes compete for
 * @param token the term's number, its fencing token
 * @param holderId the random identity of the candidate that holds it
 */
public record TermKey(String election, long token, String holderId) {}
