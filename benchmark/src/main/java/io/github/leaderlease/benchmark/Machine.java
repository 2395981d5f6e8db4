package io.github.leaderlease.benchmark;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What one has to know about the machine to read the figures. */
final class Machine {

    private static final int PAGE = 8192;
    private static final int SYNCS = 51;

    private Machine() {}

    static String description() throws IOException {
        return String.format(
                Locale.ROOT,
                "%d cores, %s, %s %s (%s); writing and syncing 8 kB takes %,.0f µs here; load average before: %.1f",
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.arch"),
                System.getProperty("java.vm.name"),
                System.getProperty("java.version"),
                System.getProperty("os.name"),
                syncMicros(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    /** The median, in the folder that the servers' folders are made in. Next to nothing means that syncs are not real. */
    private static double syncMicros() throws IOException {
        Path file = Files.createTempFile("leader-lease-sync-", ".tmp");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            List<Double> micros = new ArrayList<>();
            for (int i = 0; i < SYNCS; i++) {
                long begun = System.nanoTime();
                channel.write(ByteBuffer.allocate(PAGE), (long) i * PAGE);
                channel.force(false);
                micros.add((System.nanoTime() - begun) / 1e3);
            }
            return Table.median(micros);
        } finally {
            Files.delete(file);
        }
    }
}
