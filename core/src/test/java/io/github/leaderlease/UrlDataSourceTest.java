package io.github.leaderlease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No exception repeats a URL or what is secret in it. */
final class UrlDataSourceTest {

    private static final String SECRET = "s3cr3t-Zq7";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:nothing://host/db?user=u&password=" + SECRET,
                "jdbc:nothing://u:" + SECRET + "@host/db",
                "jdbc:nothing:host;trustStorePassword=" + SECRET + ";x=y",
                "nothing " + SECRET,
            })
    void aUrlThatNoDriverUnderstands(String url) {
        UrlDataSource source = new UrlDataSource(url, null, null);
        Throwable failure = catchThrowable(() -> source.getConnection());
        assertThat(failure).isInstanceOf(SQLException.class);
        assertThat(everythingOf(failure)).contains("No suitable driver").doesNotContain(SECRET, "host/db");
        assertThat(source.toString()).doesNotContain(SECRET);
    }

    @Test
    void causesAreCleanedTooAndStatesAreKept() {
        SQLException failure = new SQLException(
                "cannot reach u:p", "08001", 17, new IllegalStateException("at jdbc:x://h/d?password=" + SECRET));
        failure.setNextException(new SQLException("PWD=" + SECRET));
        failure.addSuppressed(new IllegalStateException("//u:" + SECRET + "@h"));
        SQLException hidden = Secrets.of(null, null).hide(failure);
        assertThat(everythingOf(hidden)).doesNotContain(SECRET).contains("cannot reach u:p", "password=***");
        assertThat(everythingOf(hidden.getNextException())).doesNotContain(SECRET);
        assertThat(hidden.getSQLState()).isEqualTo("08001");
        assertThat(hidden.getErrorCode()).isEqualTo(17);
        assertThat(hidden.getStackTrace()).isEqualTo(failure.getStackTrace());
    }

    @Test
    void whatHoldsNoSecretStaysTheSame() {
        SQLException failure = new SQLException("Connection to 127.0.0.1:1 refused", new IllegalStateException());
        assertThat((Throwable) Secrets.of(null, null).hide(failure)).isSameAs(failure);
    }

    @Test
    void aPasswordBesideTheUrlIsHiddenAsWell() {
        Secrets secrets = Secrets.of("jdbc:x:y", SECRET);
        assertThat(secrets.hide("the value '" + SECRET + "' is not acceptable"))
                .isEqualTo("the value '***' is not acceptable");
        assertThat(Secrets.of("jdbc:x:y", "app").hide("database app")).isEqualTo("database app");
    }

    private static String everythingOf(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }
}
