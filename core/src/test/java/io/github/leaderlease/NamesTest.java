package io.github.leaderlease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NamesTest {

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of("", "''"),
                Arguments.of("jób", "'j\\u00f3b'"),
                Arguments.of("\ud83d\ude00", "'\\ud83d\\ude00'"),
                Arguments.of("two words", "'two words'"),
                Arguments.of("job ", "'job '"),
                Arguments.of(" job", "' job'"),
                Arguments.of("job'--", "'job'--'"),
                Arguments.of("job\"", "'job\"'"),
                Arguments.of("job\0", "'job\\u0000'"),
                Arguments.of("job\n", "'job\\u000a'"),
                Arguments.of("job\r\n", "'job\\u000d\\u000a'"),
                Arguments.of("a\u200bb", "'a\\u200bb'"),
                Arguments.of(".hidden", "'.hidden'"),
                Arguments.of("-x", "'-x'"),
                Arguments.of("a;b", "'a;b'"),
                Arguments.of("a\\b", "'a\\b'"),
                Arguments.of("a%b", "'a%b'"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void aNameThatIsNotValidIsRefusedAndShownWithTheRule(String name, String shown) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Names.check("election name", name))
                .withMessageContainingAll(
                        "election name " + shown + " (" + name.length() + " characters) is not valid",
                        "1 to 190 of the characters A-Z a-z 0-9 . _ : / -",
                        "starting with a letter or digit");
    }

    @Test
    void aNameThatIsTooLongIsShownInPartWithItsLength() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Names.check("node name", "n".repeat(191)))
                .withMessageContainingAll("node name 'nnn", "n...' (191 characters)", "1 to 190")
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "0", "invoice-run", "host-1.example.org:8080/a_b", "Job", "9/9"})
    void aValidNameIsReturnedAsItIs(String name) {
        assertThat(Names.check("election name", name)).isEqualTo(name);
    }

    @Test
    void theLongestNameIsValid() {
        String longest = "x".repeat(190);
        assertThat(Names.check("election name", longest)).isEqualTo(longest);
    }
}
