package io.github.leaderlease.spi;

/**
 * One set of tables, to be told from every other one: two nodes compete only if they use the same.
 *
 * @param tables where the server has them
 * @param id random, made with the tables. A copy of the database has the same: there only {@code place} differs
 * @param place the database and its server, for people
 */
public record Installation(TableNames tables, String id, String place) {

    /** Enough to tell a few sets apart. */
    private static final int SHORT = 8;

    /**
     * The beginning of the id, for people.
     *
     * @return at most eight characters
     */
    public String shortId() {
        return id.substring(0, Math.min(SHORT, id.length()));
    }

    /** For logs: the tables, the id's beginning, the place. */
    @Override
    public String toString() {
        return tables.lease() + " (installation " + shortId() + ", " + place + ")";
    }
}
