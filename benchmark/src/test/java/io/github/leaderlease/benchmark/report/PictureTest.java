package io.github.leaderlease.benchmark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.benchmark.report.Picture.Kind;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

final class PictureTest {

    private static final String DATABASE = "needs only the database";
    private static final String SYSTEM = "needs one more system";

    private static final Offset<Double> ROUNDED = Offset.offset(0.2);

    @TempDir
    private Path folder;

    @Test
    void rowsAreSortedInTheirGroupsTheBestOneFirst() throws Exception {
        Document drawn = drawn(picture(Kind.LOGARITHMIC)
                .add(DATABASE, "slow", 800)
                .add(DATABASE, "leader-lease", 7.5)
                .add(SYSTEM, "slower", 90)
                .add(SYSTEM, "quick", 5));

        assertThat(texts(drawn, "group")).containsExactly(DATABASE, SYSTEM);
        assertThat(names(drawn)).containsExactly("leader-lease", "slow", "quick", "slower");
        assertThat(texts(drawn, "ours")).containsExactly("leader-lease", "7.50");
    }

    @Test
    void whereMoreIsBetterTheLargestIsFirst() throws Exception {
        assertThat(names(drawn(picture(Kind.LOGARITHMIC_LARGEST_FIRST)
                        .add("", "few", 1000)
                        .add("", "many", 20_000))))
                .containsExactly("many", "few");
        assertThat(names(drawn(picture(Kind.BARS).add("", "a quarter", 0.25).add("", "half", 0.5))))
                .containsExactly("half", "a quarter");
    }

    @Test
    void theFigureStandsBesideTheMark() throws Exception {
        Document drawn = drawn(
                picture(Kind.LOGARITHMIC).add("", "someone", 10, 100, List.of()).add("", "last", 1000));

        Element line = elements(drawn, "line", "theirs line").get(0);
        Element dot = elements(drawn, "circle", "theirs").get(0);
        Element figure = elements(drawn, "text", "theirs").get(1);
        assertThat(figure.getTextContent()).isEqualTo("10.0 to 100");
        assertThat(number(line, "x1")).isEqualTo(number(dot, "cx"));
        assertThat(number(figure, "x") - number(line, "x2")).isBetween(5.0, 10.0);
        assertThat(number(figure, "y") - number(dot, "cy")).isBetween(0.0, 5.0);
        double end = number(elements(drawn, "circle", "theirs").get(1), "cx");
        assertThat(number(line, "x2")).isCloseTo((number(dot, "cx") + end) / 2, ROUNDED); // 100 between 10 and 1,000
    }

    @Test
    void whatIsFarBeyondTheOthersIsCutOffAndSaysSo() throws Exception {
        Document drawn = drawn(picture(Kind.DOTS)
                .add("", "leader-lease", 2.7, 3.2, List.of(2.6, 2.7, 3.2))
                .add("", "another", 2.5)
                .add("", "wild at times", 2.6, 99, List.of())
                .add("", "default", 24.4, 26.8, List.of(24.4))
                .add("", "frozen", Double.POSITIVE_INFINITY));

        assertThat(texts(drawn, "theirs")).contains("2.60 to 99.0 →", "24.4 to 26.8 →", "never →", "2.50");
        assertThat(elements(drawn, "circle", "theirs")).hasSize(2);
        assertThat(elements(drawn, "circle", "ours run")).hasSize(3);
        assertThat(elements(drawn, "circle", "theirs run")).isEmpty();
        assertThat(number(elements(drawn, "line", "ours line").get(0), "x2")).isEqualTo(680); // the scale is theirs
    }

    @Test
    void barsHangFromOne() throws Exception {
        Document drawn = drawn(picture(Kind.BARS).add("", "PostgreSQL", 0.5).add("", "H2", 1.25));

        List<Element> bars = elements(drawn, "rect", "ours");
        double one = number(bars.get(0), "x");
        assertThat(number(bars.get(0), "x") + number(bars.get(0), "width")).isEqualTo(680);
        assertThat(number(bars.get(1), "x") + number(bars.get(1), "width")).isCloseTo(one, ROUNDED);
        assertThat(number(bars.get(1), "width")).isCloseTo(2 * number(bars.get(0), "width"), ROUNDED);
        assertThat(texts(drawn, "ours bar")).containsExactly("1.25", "0.500");
    }

    @Test
    void aMarkHasItsNameAndNoGridLineBesideIt() throws Exception {
        Document drawn =
                drawn(picture(Kind.DOTS).mark(3, "TTL 3 s").add("", "a", 2).add("", "b", 3.9));

        assertThat(texts(drawn, "tick")).containsExactly("0", "2", "TTL 3 s");
        assertThat(elements(drawn, "line", "mark")).hasSize(1);
    }

    @Test
    void thereAreFourGridLinesAtMost() {
        for (double high : new double[] {0.004, 0.3, 1, 1.04, 3.91, 4, 9.9, 24.4, 100, 86_160, 1e6}) {
            assertThat(Scale.linear(high, 0, 100).ticks(4)).as("to %s", high).hasSizeBetween(2, 4);
            assertThat(Scale.logarithmic(0.2, high, 0, 100).ticks(4))
                    .as("to %s", high)
                    .hasSizeBetween(2, 4);
        }
        assertThat(Scale.logarithmic(1.01, 910, 0, 100).ticks(4)).containsExactly(1, 10, 100);
        assertThat(Scale.linear(3.91, 0, 100).ticks(4)).containsExactly(0, 1, 2, 3);
    }

    @Test
    void linesHaveTheirNamesAtTheirEnds() throws Exception {
        Picture picture = picture(Kind.LINES);
        IntStream.rangeClosed(0, 10)
                .forEach(i -> picture.add("held", i, 8616.0 * i).add("none", i, 320));
        Document drawn = drawn(picture);

        assertThat(texts(drawn, "ours")).containsExactly("none: 320", "held: 86,160");
        assertThat(elements(drawn, "polyline", "ours line").get(1).getAttribute("points"))
                .startsWith("20.0,260.0 ")
                .endsWith(" 580.0,66.0 ");
    }

    @Test
    void textIsTextWhateverIsInIt() throws Exception {
        Document drawn =
                drawn(Picture.of("p", "R&D <title>", "\"ms\" & more", Kind.DOTS).add("a < b", "& c", 1));

        assertThat(texts(drawn, "title")).containsExactly("R&D <title>");
        assertThat(texts(drawn, "group")).containsExactly("a < b");
        assertThat(names(drawn)).containsExactly("& c");
        assertThat(Svg.embedded(Picture.of("p", "R&D", "\"ms\"", Kind.DOTS)))
                .contains("alt=\"R&amp;D: &quot;ms&quot;\"", "srcset=\"p-dark.svg\"", "src=\"p.svg\"");
    }

    @Test
    void lightAndDarkDifferInColoursOnly() throws Exception {
        Document light = drawn(picture(Kind.DOTS).add(DATABASE, "leader-lease", 1, 2, List.of(1.0)));
        String dark = Files.readString(folder.resolve("p-dark.svg"));
        String colour = "#[0-9a-f]{6}";

        assertThat(light.getDocumentElement().getTagName()).isEqualTo("svg");
        assertThat(parsed(dark).getDocumentElement().getTagName()).isEqualTo("svg");
        assertThat(dark).isNotEqualTo(Files.readString(folder.resolve("p.svg")));
        assertThat(dark.replaceAll(colour, ""))
                .isEqualTo(Files.readString(folder.resolve("p.svg")).replaceAll(colour, ""));
    }

    private static Picture picture(Kind kind) {
        return Picture.of("p", "Time", "ms", kind);
    }

    private Document drawn(Picture picture) throws Exception {
        Svg.draw(picture, folder);
        return parsed(Files.readString(folder.resolve("p.svg")));
    }

    private static Document parsed(String xml) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
    }

    private static List<Element> elements(Document drawn, String tag, String kind) {
        NodeList all = drawn.getElementsByTagName(tag);
        return IntStream.range(0, all.getLength())
                .mapToObj(i -> (Element) all.item(i))
                .filter(element -> element.getAttribute("class").equals(kind))
                .toList();
    }

    private static List<String> texts(Document drawn, String kind) {
        return elements(drawn, "text", kind).stream()
                .map(Element::getTextContent)
                .toList();
    }

    /** What stands at the left of the rows. */
    private static List<String> names(Document drawn) {
        NodeList all = drawn.getElementsByTagName("text");
        return IntStream.range(0, all.getLength())
                .mapToObj(i -> (Element) all.item(i))
                .filter(text -> text.getAttribute("class").matches("ours|theirs"))
                .filter(text -> number(text, "x") == 0)
                .map(Element::getTextContent)
                .toList();
    }

    private static double number(Element element, String attribute) {
        return Double.parseDouble(element.getAttribute(attribute));
    }
}
