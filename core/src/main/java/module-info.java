/** Leader election on the relational database that the application already has: the API and the protocol. */
module io.github.leaderlease.core {
    requires static org.jspecify;
    requires transitive java.sql;
    requires org.jdbi.v3.core;
    requires io.leangen.geantyref; // Jdbi needs it and, being an automatic module, cannot say so
    requires org.slf4j;

    exports io.github.leaderlease;
    exports io.github.leaderlease.spi;

    uses io.github.leaderlease.spi.Dialect;
}
