package io.github.leaderlease.jdbc;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * The number that stands for an election where a database fences by number. It must be the same in every process and
 * every version, hence a standard checksum; two elections that share a number only wait for each other now and then.
 */
final class FenceKey {

    private FenceKey() {}

    static int of(String election) {
        CRC32 checksum = new CRC32();
        checksum.update(election.getBytes(StandardCharsets.US_ASCII));
        return (int) checksum.getValue();
    }
}
