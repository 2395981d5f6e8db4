package io.github.leaderlease.demo;

import java.io.Console;
import java.lang.reflect.Method;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Style;

/**
 * What the output may look like.
 *
 * @param terminal whether lines may be written over, and somebody watches
 * @param colour whether escape sequences are understood and wanted
 * @param unicode whether more than ASCII can be shown
 */
record Look(boolean terminal, boolean colour, boolean unicode) {

    private static final Map<String, String> ASCII =
            Map.of("·", "|", "×", "x", "✓", "ok", "✗", "!!", "→", "->", "…", "...", "–", "-", "▒", "#");

    /** What this process's standard output can do. */
    static Look ofStandardOutput() {
        boolean terminal = isTerminal() && !"dumb".equals(System.getenv("TERM"));
        return new Look(terminal, terminal && Ansi.AUTO.enabled(), canShowUnicode());
    }

    /** Since JDK 22 there is a console also where there is no terminal; the method that tells came with it. */
    @SuppressWarnings("SystemConsoleNull") // both are looked at
    private static boolean isTerminal() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            Method tells = Console.class.getMethod("isTerminal");
            return (boolean) tells.invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }

    private static boolean canShowUnicode() {
        return Stream.of("stdout.encoding", "sun.stdout.encoding", "native.encoding")
                .map(System::getProperty)
                .filter(Objects::nonNull)
                .findFirst()
                .map(Charset::forName)
                .orElseGet(Charset::defaultCharset)
                .newEncoder()
                .canEncode(String.join("", ASCII.keySet()));
    }

    String paint(String text, List<Style> styles) {
        if (!colour || styles.isEmpty()) {
            return text;
        }
        // a plain reset: what picocli sends to end bold begins double underlining on some terminals
        return Style.on(styles.toArray(Style[]::new)) + text + Style.reset.on();
    }

    /** The text as far as this output can show it. */
    String shown(String text) {
        String shown = text;
        if (!unicode) {
            for (Map.Entry<String, String> sign : ASCII.entrySet()) {
                shown = shown.replace(sign.getKey(), sign.getValue());
            }
        }
        return shown;
    }
}
