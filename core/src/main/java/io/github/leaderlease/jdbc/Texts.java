package io.github.leaderlease.jdbc;

import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.TableNames;
import java.util.List;
import java.util.Optional;

/** Replaces the names in braces. */
record Texts(Dialect dialect, TableNames tables) {
    /** Arrays as a table. */
    String arrays(String... columns) {
        return dialect.arrays(List.of(columns)).orElseThrow();
    }

    Optional<String> keys() {
        return dialect.arrays(List.of("election text", "token bigint", "holder text"));
    }

    Optional<String> followed() {
        return dialect.arrays(List.of("election text", "token bigint", "renewal bigint", "term bigint", "told bigint"));
    }

    private String standing() {
        String mark = dialect.sessionMark().orElse("cast(null as char(1))");
        return dialect.refusesWrites() + " as refuses_writes, " + mark + " as session_mark";
    }

    String fill(String text) {
        return text.replace("{present}", LeaseSql.PRESENT)
                .replace("{take}", LeaseSql.TAKE)
                .replace("{vacated}", LeaseSql.VACATED)
                .replace("{heir}", ":heir")
                .replace("{lease}", tables.lease())
                .replace("{node}", tables.node())
                .replace("{candidate}", tables.candidate())
                .replace("{there}", "n.renewed_at > " + dialect.nowPlusMillis("(0 - n.ttl_ms)"))
                .replace("{order}", PresenceSql.ORDER)
                .replace("{fresh}", "n.renewed_at > " + dialect.nowPlusMillis("(0 - n.ttl_ms * 2 / 5)"))
                .replace("{since}", dialect.epochMillis("c.since"))
                .replace("{silence}", dialect.epochMillis(dialect.now()) + " - " + dialect.epochMillis("n.renewed_at"))
                .replace("{term}", tables.term())
                .replace("{incarnation}", dialect.incarnation())
                .replace("{standing}", standing())
                .replace("{started}", dialect.epochMillis("t.started_at"))
                .replace("{age}", dialect.epochMillis(dialect.now()) + " - " + dialect.epochMillis("l.renewed_at"))
                .replace("{anyOpen}", dialect.openTerm("x", "in (<names>)"))
                .replace("{openOf}", dialect.openTerm("o", "= c.election_name"))
                .replace("{open}", dialect.openTerm("t", "= n.election_name"))
                .replace("{nowMillis}", dialect.epochMillis(dialect.now()))
                .replace("{nowPlusNewTtl}", dialect.nowPlusMillis(":ttl"))
                .replace("{nowPlusRowTtl}", dialect.nowPlusMillis("ttl_ms"))
                .replace("{now}", dialect.now());
    }
}
