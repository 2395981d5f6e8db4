package io.github.leaderlease.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.github.leaderlease.LeaderElection;
import io.github.leaderlease.LeaseCoordinator;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.TestDatabase;
import io.github.leaderlease.testkit.TcpProxy;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** The database goes away for a while under a process that takes part in many elections. */
@Isolated("reads the log of the whole library")
final class OutageTest {

    private static final int ELECTIONS = 100;
    private static final Duration TTL = Duration.ofSeconds(10);
    private static final Duration OUTAGE = Duration.ofSeconds(Integer.getInteger("outage.seconds", 20));
    private static final Duration LONG = Duration.ofSeconds(60);

    /** The first pause of the backoff and its bound, with the most that the jitter takes away from the first. */
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250 * 3 / 4);

    private static final Duration LAST_PAUSE = Duration.ofSeconds(2);

    @Test
    void oneAttemptForEachStepOfTheBackoffAndTwoLinesInTheLog() throws Exception {
        try (TestDatabase database = DatabaseUnderTest.POSTGRESQL.fresh();
                TcpProxy proxy = TcpProxy.to("127.0.0.1", database.server().port());
                LogCapture log = LogCapture.of(LeaderElection.class.getPackageName())) {
            LeaseMigrations.migrate(database.dataSource());
            try (LeaseCoordinator coordinator = Member.coordinator(
                            database, database.urlThrough(proxy.port()), "outage", TTL)
                    .build()) {
                List<LeaderElection> elections = Candidacies.stand(coordinator, 0, ELECTIONS);
                Candidacies.awaitAllLed(elections, LONG);
                Sql.awaitAllRenewed(database, LONG);
                int before = log.events().size();
                long connected = proxy.connections();
                long begun = System.nanoTime();
                proxy.refuse();
                proxy.cut();
                await().atMost(OUTAGE.plusSeconds(30)).until(() -> System.nanoTime() - begun > OUTAGE.toNanos());
                long attempts = proxy.connections() - connected;
                assertThat(Candidacies.led(elections)).isZero();
                proxy.forward();
                Candidacies.awaitAllLed(elections, LONG);
                Sql.awaitAllRenewed(database, LONG);
                List<ILoggingEvent> said =
                        log.events().subList(before, log.events().size());
                System.out.printf(
                        "[outage] %s with %d elections: %d attempts to connect (at most %d), %d warnings, %d lines that"
                                + " tell of no leadership%n",
                        OUTAGE,
                        ELECTIONS,
                        attempts,
                        mostAttempts(),
                        warnings(said).size(),
                        others(said).size());
                assertThat(attempts).as("attempts to connect").isBetween(3L, mostAttempts());
                assertThat(warnings(said)).as("warnings").hasSize(1);
                assertThat(others(said))
                        .as("lines that tell of no leadership: it goes away, and it is back")
                        .hasSize(2);
            }
        }
    }

    /**
     * What one reader does whose pauses double, and until the terms are over one who renews and pauses alike each time:
     * a lease that is about to be lost is worth more. Two more for the steps that were under way.
     */
    private static long mostAttempts() {
        long reads = 0;
        Duration pause = FIRST_PAUSE;
        for (Duration at = Duration.ZERO; at.compareTo(OUTAGE) < 0; at = at.plus(pause)) {
            reads++;
            pause = pause.compareTo(LAST_PAUSE) < 0 ? min(pause.multipliedBy(2), LAST_PAUSE) : LAST_PAUSE;
        }
        return reads + TTL.dividedBy(FIRST_PAUSE) + 2;
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private static List<String> warnings(List<ILoggingEvent> said) {
        return texts(said.stream().filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN)));
    }

    /** All lines but those that are due to each single election: that it is led, or not any more. */
    private static List<String> others(List<ILoggingEvent> said) {
        return texts(said.stream()
                .filter(event -> !event.getFormattedMessage().contains(" leads")
                        && !event.getFormattedMessage().contains(" lost leadership")));
    }

    private static List<String> texts(Stream<ILoggingEvent> events) {
        return events.map(event -> event.getLevel() + " " + event.getFormattedMessage())
                .toList();
    }
}
