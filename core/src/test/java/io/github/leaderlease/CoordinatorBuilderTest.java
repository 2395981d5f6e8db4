package io.github.leaderlease;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.ThrowingConsumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is refused before any database is asked, and what without a dialect. */
final class CoordinatorBuilderTest {

    private static LeaseCoordinatorBuilder builder() {
        return LeaseCoordinator.builder("jdbc:nowhere:1", null, null);
    }

    static Stream<Arguments> twice() {
        Executor executor = Runnable::run;
        return Stream.of(
                setting("nodeName", b -> b.nodeName("one").nodeName("two"), "one", "two"),
                setting("ttl", b -> b.ttl(Duration.ofSeconds(3)).ttl(Duration.ofSeconds(4)), "PT3S", "PT4S"),
                setting(
                        "heartbeat",
                        b -> b.heartbeat(Duration.ofSeconds(1)).heartbeat(Duration.ofSeconds(2)),
                        "PT1S",
                        "PT2S"),
                setting("schema", b -> b.schema("a").schema("a"), "a", "a"),
                setting("tablePrefix", b -> b.tablePrefix("x_").tablePrefix("y_"), "x_", "y_"),
                setting("eventExecutor", b -> b.eventExecutor(executor).eventExecutor(executor), "", ""),
                setting("closeOnShutdown", b -> b.closeOnShutdown(true).closeOnShutdown(false), "true", "false"),
                setting("failFast", b -> b.failFast(false).failFast(true), "false", "true"));
    }

    private static Arguments setting(
            String name, ThrowingConsumer<LeaseCoordinatorBuilder> setter, String first, String second) {
        return Arguments.of(name, setter, first, second);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("twice")
    void aSettingGivenTwiceIsRefusedWithBothValues(
            String name, ThrowingConsumer<LeaseCoordinatorBuilder> setter, String first, String second) {
        assertThatIllegalStateException()
                .isThrownBy(() -> unchecked(setter))
                .withMessageContainingAll(name + " was already set to " + first, ", now to " + second);
    }

    private static void unchecked(ThrowingConsumer<LeaseCoordinatorBuilder> setter) {
        try {
            setter.accept(builder());
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aNodeNameThatIsNotValidIsRefusedAtOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().nodeName("node 1"))
                .withMessageContaining("node name 'node 1'");
    }

    @Test
    void durationsThatDoNotFitAreRefusedBeforeAnythingIsConnected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder()
                        .ttl(Duration.ofSeconds(10))
                        .heartbeat(Duration.ofSeconds(8))
                        .build())
                .withMessageContaining("heartbeat 8 s does not fit TTL 10 s");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().ttl(Duration.ZERO).build())
                .withMessageContaining("TTL 0 s is out of range");
    }

    @Test
    void tableNamesThatAreNotPlainAreRefusedBeforeAnythingIsConnected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().schema("a.b").build())
                .withMessageContaining("schema 'a.b'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().tablePrefix("a b").build())
                .withMessageContaining("table prefix 'a b'");
    }

    @Test
    void withoutADialectTheErrorNamesTheDatabaseAndWhatToAdd() {
        JdbcDataSource h2 = new JdbcDataSource();
        h2.setURL("jdbc:h2:mem:no-dialect");
        assertThatThrownBy(() -> LeaseCoordinator.builder(h2).build())
                .isInstanceOf(LeaderLeaseException.class)
                .hasMessageContainingAll(
                        "no dialect for database 'H2' 2.", "found: []", "leader-lease-postgresql", "leader-lease-h2");
    }

    @Test
    void aUrlWithoutADriverIsToldWhenTheDatabaseIsRequired() {
        assertThatThrownBy(() -> builder().failFast(true).build())
                .isInstanceOf(LeaderLeaseException.class)
                .hasMessageContainingAll("cannot connect", "No suitable driver", "jdbc:nowhere:");
    }
}
