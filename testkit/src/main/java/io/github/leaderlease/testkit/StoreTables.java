package io.github.leaderlease.testkit;

import java.util.List;

/**
 * The tables of a lease store as a person with full rights sees and edits them. {@link LeaseStoreContract} uses it to
 * look behind the store's back.
 */
public interface StoreTables {

    /** A table. */
    enum Table {
        /** One row per election. */
        LEASE,
        /** One row per term. */
        TERM
    }

    /**
     * Everything that is in a table.
     *
     * @param table which
     * @return one line per row with all its columns, in a fixed order
     */
    List<String> rows(Table table);

    /** Empties both tables. */
    void clear();

    /**
     * Deletes one election's rows.
     *
     * @param table from which table
     * @param election the election's name
     */
    void delete(Table table, String election);

    /**
     * Inserts an open term, whatever is there.
     *
     * @param election the election's name
     * @param token the new term's token
     * @throws RuntimeException if the schema refuses
     */
    void insertOpenTerm(String election, long token);

    /**
     * Asks the holder of a term to step down.
     *
     * @param election the election's name
     * @param token the term's token
     */
    void askToStepDown(String election, long token);

    /**
     * Makes a lease look as if it had been acquired in an earlier life of the database, which has failed over since.
     *
     * @param election the election's name
     */
    void outlive(String election);

    /**
     * Locks one election's row, as a transaction does that has changed it and then hangs; of the terms, the open one.
     *
     * @param table in which table
     * @param election the election's name
     * @return ends that transaction without a change
     */
    Hold hold(Table table, String election);

    /** A row being locked. */
    interface Hold extends AutoCloseable {
        @Override
        void close();
    }
}
