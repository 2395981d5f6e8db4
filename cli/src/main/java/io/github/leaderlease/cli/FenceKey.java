package io.github.leaderlease.cli;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * The number by which PostgreSQL knows the fence of an election, for commands that fence in plain SQL. The library has the
 * same rule for itself, and it never changes: processes of several versions must agree on it.
 */
final class FenceKey {

    private FenceKey() {}

    static int of(String election) {
        CRC32 checksum = new CRC32();
        checksum.update(election.getBytes(StandardCharsets.US_ASCII));
        return (int) checksum.getValue();
    }
}
