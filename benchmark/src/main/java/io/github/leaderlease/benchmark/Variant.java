package io.github.leaderlease.benchmark;

import io.github.leaderlease.testdatabases.Engine;
import java.util.Arrays;
import java.util.List;

/** The ways to end a transaction that are compared, in the order in which they take turns. */
enum Variant {
    /** What everything is compared with. */
    UNFENCED("no fence"),
    /** {@code Leadership.fence(connection)}. */
    FENCE("`leadership.fence(connection)`"),
    /** So that the pool's share in the cost of the next one is known. */
    UNFENCED_POOLED("no fence, connection from a pool"),
    /** {@code coordinator.fencedTransactions().dataSource(pool).run(…)}. */
    FENCED_TRANSACTION("`fencedTransactions()` on the pool"),
    /** What the fence could have been on PostgreSQL: a shared lock of the term's row. */
    ROW_LOCK("by hand: `select … for share`"),
    /** What the fence is on a cluster that replicates writes but no locks: an update of the term's row. */
    TOUCH("touch fence");

    private final String title;

    Variant(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /** Its connection is borrowed anew for each transaction. */
    boolean pooled() {
        return this == UNFENCED_POOLED || this == FENCED_TRANSACTION;
    }

    static List<Variant> of(Engine engine) {
        return Arrays.stream(values())
                .filter(variant -> switch (variant) {
                    case ROW_LOCK -> engine == Engine.POSTGRESQL;
                    case TOUCH -> engine == Engine.MYSQL || engine == Engine.MARIADB;
                    default -> true;
                })
                .toList();
    }
}
