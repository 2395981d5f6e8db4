package io.github.leaderlease.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.leaderlease.NotLeaderException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

final class TestLeadershipTest {

    private final List<String> calls = new ArrayList<>();
    private final TestLeadership leadership =
            TestLeadership.of("invoice-run", 7).on(dataSource());

    /** Notes what is called on its connections. */
    private DataSource dataSource() {
        return proxy(DataSource.class, proxy(Connection.class, false));
    }

    private <T> T proxy(Class<T> type, Object answer) {
        return type.cast(Proxy.newProxyInstance(
                TestLeadershipTest.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    calls.add(method.getName());
                    return method.getReturnType() == void.class ? null : answer;
                }));
    }

    @Test
    void itIsValidUntilItIsEnded() {
        assertThat(leadership.isValid()).isTrue();
        assertThat(leadership.remaining()).isPositive();
        leadership.end();
        assertThat(leadership.isValid()).isFalse();
        assertThat(leadership.remaining()).isZero();
    }

    @Test
    void workIsCommittedWhileItIsValid() {
        assertThat(leadership.<String, RuntimeException>inTransaction(connection -> "done"))
                .isEqualTo("done");
        assertThat(calls)
                .containsSubsequence("setAutoCommit", "commit", "close")
                .doesNotContain("rollback");
    }

    @Test
    void workDuringWhichItEndsIsRolledBack() {
        assertThatThrownBy(() -> leadership.inTransaction(connection -> {
                    leadership.end();
                    return "late";
                }))
                .isInstanceOf(NotLeaderException.class)
                .hasMessageContaining("election 'invoice-run', term 7");
        assertThat(calls).containsSubsequence("rollback", "close").doesNotContain("commit");
    }

    @Test
    void whatTheWorkThrowsIsThrown() {
        assertThatThrownBy(() -> leadership.inTransaction(connection -> {
                    throw new SQLException("duplicate");
                }))
                .isInstanceOf(SQLException.class)
                .hasMessage("duplicate");
        assertThat(calls).containsSubsequence("rollback", "close").doesNotContain("commit");
    }

    @Test
    void aFenceIsRefusedOnceItIsOver() {
        Connection connection = proxy(Connection.class, false);
        leadership.fence(connection);
        leadership.end();
        assertThatThrownBy(() -> leadership.fence(connection)).isInstanceOf(NotLeaderException.class);
    }
}
