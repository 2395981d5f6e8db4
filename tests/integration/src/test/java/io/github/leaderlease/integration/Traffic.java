package io.github.leaderlease.integration;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;

/**
 * Counts what coordinators send, where they send it: also the attempts that are lost and leave no trace on the server. All
 * that takes, ends or begins a term is an attempt, unless it turns out to be a release.
 */
final class Traffic {

    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong renewals = new AtomicLong();
    private final AtomicLong transactions = new AtomicLong();
    private final AtomicLong releases = new AtomicLong();
    private final AtomicLong statements = new AtomicLong();

    /** Counts on all connections of this source. */
    DataSource counted(DataSource source) {
        return counted(source, () -> true);
    }

    /** Counts on all connections of this source once it shall: coordinators warm up with attempts for no election. */
    DataSource counted(DataSource source, BooleanSupplier counting) {
        return TamperedConnection.each(source, connection -> {
            // of one connection, so of one thread at a time
            Transaction open = new Transaction();
            return TamperedConnection.of(connection, (method, arguments) -> {
                if (counting.getAsBoolean()) {
                    count(open, method, arguments);
                }
            });
        });
    }

    /** Whether there is one, and whether it has turned out to be about leases. */
    private static final class Transaction {
        private boolean open;
        private boolean counted;
        private boolean released;
    }

    private void count(Transaction transaction, String method, Object[] arguments) {
        if (method.equals("setAutoCommit")) {
            transaction.open = Boolean.FALSE.equals(arguments[0]);
            transaction.counted = false;
            transaction.released = false;
        } else if (method.equals("prepareStatement")) {
            statements.incrementAndGet();
            count(transaction, (String) arguments[0]);
        }
    }

    private void count(Transaction transaction, String sql) {
        if (sql.contains("set holder_id = null") && !transaction.released) {
            transaction.released = transaction.open;
            releases.incrementAndGet();
        }
        if (transaction.open) {
            if (!transaction.counted && isAboutLeases(sql)) { // else it announces, or only sets its bounds so far
                transaction.counted = true;
                transactions.incrementAndGet();
            }
        } else if (sql.contains("set holder_id = null")
                || sql.contains("insert into")
                || sql.contains("pg_advisory_xact_lock(")) {
            transactions.incrementAndGet();
        } else if (sql.contains("set renewal = ")) {
            renewals.incrementAndGet();
        } else if (sql.contains("i.incarnation")) {
            reads.incrementAndGet();
        }
    }

    private static boolean isAboutLeases(String sql) {
        return sql.contains("leader_lease") || sql.contains("leader_term") || sql.contains("pg_advisory_xact_lock(");
    }

    /** Reads of followed elections, one for each statement. */
    long reads() {
        return reads.get();
    }

    /** Statements that renew, whatever the number of leases. */
    long renewals() {
        return renewals.get();
    }

    /** Attempts to acquire, won or lost. */
    long attempts() {
        return transactions.get() - releases.get();
    }

    /** All that was prepared. */
    long statements() {
        return statements.get();
    }
}
