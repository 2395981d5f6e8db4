package io.github.leaderlease.testdatabases;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** Keeps what takes long to make, unpacked servers above all, in a cache below the temporary folder of this machine. */
final class Cache {
    /** Writes files into a new folder. */
    @FunctionalInterface
    interface Filling {
        void into(Path folder) throws IOException;
    }

    private Cache() {}

    /** Unpacks a {@code .txz} or {@code .tar.gz} on the class path. */
    static Path unpackTar(String name, URL archive) {
        return cached(name + "-" + digest(archive), folder -> {
            try (InputStream raw = new BufferedInputStream(archive.openStream());
                    InputStream plain = archive.getPath().endsWith("xz")
                            ? new XZCompressorInputStream(raw)
                            : new GzipCompressorInputStream(raw);
                    TarArchiveInputStream tar = new TarArchiveInputStream(plain)) {
                untar(tar, folder);
            }
        });
    }

    /** Unpacks what is below a folder of a jar, and makes the files below {@code executables} executable. */
    static Path unpackJar(String name, Path jar, String root, List<String> executables) {
        return cached(name, folder -> {
            try (FileSystem files = FileSystems.newFileSystem(jar)) {
                copyTree(files.getPath(root), folder);
            }
            for (String executable : executables) {
                try (Stream<Path> files = Files.list(folder.resolve(executable))) {
                    files.forEach(Cache::makeExecutable);
                }
            }
        });
    }

    /** The folder of that name in the cache; it is filled when it is first asked for. */
    static Path cached(String name, Filling filling) {
        try {
            Path all = folder();
            Path folder = all.resolve(name);
            if (!Files.isDirectory(folder)) {
                fillAside(all, folder, filling);
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot fill the folder " + name, e);
        }
    }

    /** Several builds may fill it at once: each into a folder of its own, and the first to be done gives its folder. */
    private static void fillAside(Path all, Path folder, Filling filling) throws IOException {
        Path aside = Files.createTempDirectory(all, ".filling");
        makeReadable(aside);
        filling.into(aside);
        try {
            Files.move(aside, folder);
        } catch (FileSystemException e) {
            if (!Files.isDirectory(folder)) {
                throw e;
            }
            Folders.delete(aside);
        }
    }

    private static Path folder() throws IOException {
        String user = System.getProperty("user.name");
        Path all = Path.of(System.getProperty("java.io.tmpdir"), "leader-lease-servers-" + user);
        Files.createDirectories(all);
        if (!Files.getOwner(all).getName().equals(user)) {
            throw new IOException(all + " belongs to " + Files.getOwner(all) + " and not to " + user
                    + "; what is in there cannot be trusted. Remove it, or set java.io.tmpdir");
        }
        makeReadable(all);
        return all;
    }

    private static void untar(TarArchiveInputStream tar, Path folder) throws IOException {
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            Path target = entry.resolveIn(folder);
            if (entry.isDirectory()) {
                Files.createDirectories(target);
                continue;
            }
            Files.createDirectories(target.getParent());
            if (entry.isSymbolicLink()) {
                Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
            } else {
                Files.copy(tar, target);
                if ((entry.getMode() & 0100) != 0) {
                    makeExecutable(target);
                }
            }
        }
    }

    private static void copyTree(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }

    // PostgreSQL runs as another user when we are root.
    private static void makeReadable(Path folder) throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void makeExecutable(Path file) {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            permissions.add(PosixFilePermission.OWNER_EXECUTE);
            permissions.add(PosixFilePermission.GROUP_EXECUTE);
            permissions.add(PosixFilePermission.OTHERS_EXECUTE);
            Files.setPosixFilePermissions(file, permissions);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String digest(URL archive) {
        try (InputStream in = archive.openStream()) {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                sha.update(buffer, 0, n);
            }
            return HexFormat.of().formatHex(sha.digest(), 0, 8);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + archive, e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
