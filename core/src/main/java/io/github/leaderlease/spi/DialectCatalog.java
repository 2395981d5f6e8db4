package io.github.leaderlease.spi;

import java.util.Optional;

/** Where one database product keeps tables, what they are called, and what may be done with them. Part of {@link Dialect}. */
interface DialectCatalog {

    /**
     * Where the server looks for a table whose name says no schema, on this connection.
     *
     * @return a query for the names of schemas that exist and may be used, the first place first
     */
    String searchPath();

    /**
     * What is called like our tables in one schema.
     *
     * @param names how many names are asked for
     * @return a query with the parameters schema and that many names in lower case, for the name as the server keeps it and
     *     its kind: {@code table} for an ordinary table that survives a crash of the server, else what it is, such as
     *     {@code view}
     */
    String relations(int names);

    /**
     * Tables that a connection does not lead to, for people.
     *
     * @return a query with the name of the lease table in lower case as its parameter, for texts such as
     *     {@code one in schema app, which is not on the search path}; empty if this database cannot tell
     */
    default Optional<String> tablesElsewhere() {
        return Optional.empty();
    }

    /**
     * What the name of a schema is quoted with, in every session.
     *
     * @return one character
     */
    default String identifierQuote() {
        return "\"";
    }

    /**
     * What keeps a user from a table that the statements of a probe cannot name.
     *
     * @return a query with the parameters schema and table, as the server keeps them, for sentences with the remedy; empty
     *     if an error always names the right that is missing
     */
    default Optional<String> obstacles() {
        return Optional.empty();
    }

    /**
     * The database and its server, which tell a copy of a database from the original.
     *
     * @return a query for one text such as {@code database app at 10.0.0.7:5432}; for people
     */
    String place();
}
