package io.github.leaderlease.benchmark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ReportPartsTest {

    @Test
    void quantilesAreValuesThatWereMeasured() {
        Distribution hundred = Distribution.of(
                IntStream.rangeClosed(1, 100).mapToObj(i -> (double) (101 - i)).toList());

        assertThat(hundred.quantile(0.5)).isEqualTo(50);
        assertThat(hundred.quantile(0.99)).isEqualTo(99);
        assertThat(hundred.quantile(0)).isEqualTo(1);
        assertThat(hundred.quantile(1)).isEqualTo(100);
        assertThat(hundred.median()).isEqualTo(50.5);
        assertThatThrownBy(() -> Distribution.of(List.of())).hasMessageContaining("no value");
    }

    @Test
    void numbersShowAsManyDigitsAsMeanSomething() {
        assertThat(Figures.show(123456.7)).isEqualTo("123,457");
        assertThat(Figures.show(12.345)).isEqualTo("12.3");
        assertThat(Figures.show(1.2345)).isEqualTo("1.23");
        assertThat(Figures.show(0.01234)).isEqualTo("0.012");
        assertThat(Figures.show(12345L)).isEqualTo("12,345");
        assertThat(Figures.show("as it is")).isEqualTo("as it is");
    }

    @Test
    void aTableIsTheSameInBothForms() {
        Grid grid = new Grid("g", "who", "ms").row("ours, \"quick\"", 1.5).row("theirs");

        assertThat(grid.markdown().lines())
                .containsExactly(
                        "| who           |   ms |",
                        "| :------------ | ---: |",
                        "| ours, \"quick\" | 1.50 |",
                        "| theirs        |      |");
        assertThat(grid.csv()).isEqualTo("who,ms\n\"ours, \"\"quick\"\"\",1.5\ntheirs,\n");
        assertThatThrownBy(() -> grid.row(1, 2, 3)).hasMessageContaining("3 cells");
    }
}
