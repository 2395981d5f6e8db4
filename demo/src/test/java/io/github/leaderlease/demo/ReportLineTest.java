package io.github.leaderlease.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ReportLineTest {

    static Stream<NodeReport> reports() {
        return Stream.of(
                new NodeReport.Ready(1, 4711),
                new NodeReport.Leading(-2, 7, 9),
                new NodeReport.LeadingNoMore(3, 7, Long.MAX_VALUE),
                new NodeReport.Renewed(4, 7, 10),
                new NodeReport.Acquired(5, 7, true),
                new NodeReport.Follows(6, 7, "node-1"),
                new NodeReport.Lost(7, 7, "node-1", "EXPIRED", false, false),
                new NodeReport.Trouble(8, "a = b, line\nbreak and 100 %\u00e4"),
                new NodeReport.Sampled(9, 1000),
                new NodeReport.Wrote(9, 7, true),
                new NodeReport.Committed(9, 7, false),
                new NodeReport.Refused(9, 7, true, "EXPIRED", "election 'demo', term 7: the term has ended"),
                new NodeReport.RolledBack(9, 7),
                new NodeReport.WorkFailed(9, "no connection"),
                new NodeReport.Killed(10, 9),
                new NodeReport.Frozen(10),
                new NodeReport.Woken(10),
                new NodeReport.Ended(11, 143));
    }

    @ParameterizedTest
    @MethodSource("reports")
    void comesBackAsItWas(NodeReport report) {
        String line = ReportLine.format(report);
        assertThat(line).doesNotContain("\n");
        assertThat(ReportLine.parse(line)).contains(report);
    }

    @Test
    void noKindIsForgotten() {
        assertThat(reports().map(Object::getClass)).hasSize(NodeReport.class.getPermittedSubclasses().length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "OpenJDK 64-Bit Server VM warning: at=1", "Ready at=1", "Readyat=1 pid=2"})
    void otherTextIsNoReport(String line) {
        assertThat(ReportLine.parse(line)).isEmpty();
    }
}
