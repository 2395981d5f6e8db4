package io.github.leaderlease.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Arguments and variables of this process as the bytes that they are. Java decodes them by the locale: without one (cron,
 * systemd, slim images) everything beyond ASCII is lost. Here they are UTF-8, and a byte that is not valid in it is kept as
 * one of the characters U+DC80 to U+DCFF, which stand for nothing else, so that it can be given on unchanged.
 */
final class NativeText {

    private static final Path ARGUMENTS = Path.of("/proc/self/cmdline");
    private static final Path VARIABLES = Path.of("/proc/self/environ");
    private static final int ESCAPE = 0xDC00;
    private static final char LOST = '\uFFFD';

    private NativeText() {}

    /**
     * The arguments of {@code main} as they were given.
     *
     * @param decoded the same as the JVM decoded them
     * @throws IllegalArgumentException if what was given cannot be found out
     */
    static String[] arguments(String[] decoded) {
        if (Arrays.stream(decoded).allMatch(NativeText::isAscii)) {
            return decoded;
        }
        List<String> all = read(ARGUMENTS);
        List<String> ours = all.subList(Math.max(0, all.size() - decoded.length), all.size());
        if (ours.size() == decoded.length && agree(ours, decoded)) {
            return ours.toArray(String[]::new);
        }
        boolean byLocale = "UTF-8".equals(System.getProperty("sun.jnu.encoding"));
        for (int i = 0; i < decoded.length; i++) {
            if (decoded[i].indexOf(LOST) >= 0 || (!byLocale && !isAscii(decoded[i]))) {
                throw new IllegalArgumentException(
                        "argument " + (i + 1) + " holds bytes beyond ASCII, and which ones cannot"
                                + " be found out without a UTF-8 locale: set LC_ALL=C.UTF-8");
            }
        }
        return decoded;
    }

    /** A variable of this process's environment as it was given; null if there is none. */
    static @Nullable String variable(String name) {
        String decoded = System.getenv(name);
        if (decoded == null || isAscii(decoded)) {
            return decoded;
        }
        return read(VARIABLES).stream()
                .filter(variable -> variable.startsWith(name + "="))
                .map(variable -> variable.substring(name.length() + 1))
                .findFirst()
                .orElse(decoded);
    }

    private static boolean agree(List<String> given, String[] decoded) {
        for (int i = 0; i < decoded.length; i++) {
            boolean ascii = isAscii(given.get(i));
            if (ascii != isAscii(decoded[i]) || (ascii && !given.get(i).equals(decoded[i]))) {
                return false;
            }
        }
        return true;
    }

    /** Strings that each end with NUL; none where the kernel does not show them. */
    private static List<String> read(Path file) {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException notOnThisSystem) {
            return List.of();
        }
        List<String> strings = new ArrayList<>();
        int begin = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == 0) {
                strings.add(decode(Arrays.copyOfRange(bytes, begin, i)));
                begin = i + 1;
            }
        }
        return strings;
    }

    static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 128);
    }

    static String decode(byte[] bytes) {
        CharsetDecoder decoder = UTF_8.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        for (CoderResult result = decoder.decode(in, out, true);
                result.isError();
                result = decoder.decode(in, out, true)) {
            for (int i = 0; i < result.length(); i++) {
                out.put((char) (ESCAPE + (in.get() & 0xFF)));
            }
            decoder.reset();
        }
        return out.flip().toString();
    }

    static byte[] encode(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        text.codePoints().forEach(c -> {
            if (c >= ESCAPE + 0x80 && c <= ESCAPE + 0xFF) {
                bytes.write(c - ESCAPE);
            } else {
                bytes.writeBytes(Character.toString(c).getBytes(UTF_8));
            }
        });
        return bytes.toByteArray();
    }

    /** Each byte as one character, for a process whose encoding is ISO-8859-1. */
    static String bytesAsCharacters(String text) {
        return new String(encode(text), ISO_8859_1);
    }
}
