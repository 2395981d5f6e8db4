package io.github.leaderlease;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import org.junit.jupiter.api.Test;

/** What a thread remembers of the transactions that it has fenced. */
final class OpenFencesTest {

    private final OpenFences fences = new OpenFences();

    private static Connection connection(boolean closed) {
        return (Connection) Proxy.newProxyInstance(
                OpenFencesTest.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "isClosed" -> closed;
                    case "getAutoCommit" -> false;
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private boolean holds(String election) {
        return fences.holds(election, connection -> true);
    }

    @Test
    void aThreadOfAPoolKeepsNothingOfTransactionsWhoseConnectionsWereGivenBack() {
        Connection closed = connection(true);
        for (int i = 0; i < 10_000; i++) {
            fences.fenced("e" + i, closed);
        }
        assertThat(fences.elections()).hasSizeLessThan(10);
        Connection open = connection(false);
        fences.fenced("open", open);
        assertThat(fences.elections()).hasSizeLessThan(10).contains("open");
        assertThat(holds("open")).isTrue();
    }

    @Test
    void oneConnectionThatIsKeptForManyElectionsDoesNotFillTheThread() {
        Connection open = connection(false);
        for (int i = 0; i < 10_000; i++) {
            fences.fenced("e" + i, open);
        }
        assertThat(fences.elections()).hasSize(OpenFences.MOST);
        assertThat(holds("e9999")).isTrue();
    }

    @Test
    void itsOwnTransactionsAreForgottenWhenTheyEnd() {
        assertThat(fences.begin("job")).isTrue();
        assertThat(fences.begin("job")).as("inside it").isFalse();
        assertThat(holds("job")).isTrue();
        fences.end("job");
        assertThat(holds("job")).isFalse();
        assertThat(fences.elections()).isEmpty();
    }
}
