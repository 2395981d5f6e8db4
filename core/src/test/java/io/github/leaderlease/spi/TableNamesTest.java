package io.github.leaderlease.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TableNamesTest {

    @Test
    void withoutSchemaAndPrefixTheNamesArePlain() {
        assertThat(TableNames.PLAIN.lease()).isEqualTo("leader_lease");
        assertThat(TableNames.PLAIN.term()).isEqualTo("leader_term");
        assertThat(TableNames.PLAIN.status()).isEqualTo("leader_status");
    }

    @Test
    void schemaAndPrefixStandBeforeTheName() {
        TableNames names = new TableNames("app", "x_");
        assertThat(names.lease()).isEqualTo("app.x_leader_lease");
        assertThat(names.term()).isEqualTo("app.x_leader_term");
        assertThat(names.status()).isEqualTo("app.x_leader_status");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a.b", "1a", "a-b", "a;drop table t", "a\"", "a'", "schéma", "a\n", "a\0"})
    void aSchemaThatIsNoPlainIdentifierIsRefusedWithItsValueAndTheRule(String schema) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TableNames(schema, ""))
                .withMessageContainingAll("schema '" + schema + "'", "[A-Za-z_][A-Za-z0-9_]{0,62}");
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "a b", "a.", "1a_", "a-", "a;", "a\"", "é_", "a_\n"})
    void aPrefixThatIsNoPlainIdentifierIsRefusedWithItsValueAndTheRule(String prefix) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TableNames(null, prefix))
                .withMessageContainingAll("table prefix '" + prefix + "'", "[A-Za-z_][A-Za-z0-9_]{0,30}");
    }

    @Test
    void lengthsEndWhereADatabasesOwnLimitsDo() {
        assertThat(new TableNames("s".repeat(63), "p".repeat(31)).lease()).hasSize(63 + 1 + 31 + 12);
        assertThatIllegalArgumentException().isThrownBy(() -> new TableNames("s".repeat(64), ""));
        assertThatIllegalArgumentException().isThrownBy(() -> new TableNames(null, "p".repeat(32)));
    }
}
