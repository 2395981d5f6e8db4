package io.github.leaderlease.jdbc;

import io.github.leaderlease.spi.LeaseStore.ReleaseRequest;
import io.github.leaderlease.spi.TermKey;
import java.time.Duration;
import org.jdbi.v3.core.Handle;

/**
 * The end of a term by its holder: the exclusive side of the fence, then the term, then the lease.
 *
 * @param lockTimeout how long to wait for those that are fenced
 */
record Release(LeaseSql sql, ExclusiveFence fence, ReleaseRequest request, Duration lockTimeout) {

    /** Whether there was anything to end, within a transaction. */
    boolean within(Handle tx) {
        TermKey term = request.term();
        fence.take(tx, term.election(), lockTimeout);
        int ended = tx.createUpdate(sql.endOwn)
                .bindMethods(term)
                .bind("reason", request.reason())
                .execute();
        int vacated = tx.createUpdate(sql.vacate)
                .bindMethods(term)
                .bind("heir", request.heir())
                .execute();
        return ended + vacated > 0;
    }

    /** The same in one statement. */
    boolean atOnce(Handle h, BoundStatements bounded, String text) {
        TermKey term = request.term();
        return ExclusiveFence.bind(bounded.query(h, fence.first(text, lockTimeout)), term.election(), lockTimeout)
                        .bind("token", term.token())
                        .bind("holderId", term.holderId())
                        .bind("reason", request.reason())
                        .bind("heir", request.heir())
                        .mapTo(Long.class)
                        .one()
                > 0;
    }
}
