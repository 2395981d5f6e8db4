package io.github.leaderlease.benchmark.scale;

import io.github.leaderlease.jdbc.JdbcLeaseStore;
import io.github.leaderlease.spi.TermKey;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.SQLException;
import java.util.List;

/** Our leases, all in one call of the store, as a heartbeat does it. */
final class OurRenewer implements Renewer {

    private final JdbcLeaseStore store;
    private final List<TermKey> terms;

    OurRenewer(TestDatabase database, List<TermKey> terms) throws SQLException {
        this.store = Stores.open(database.connection());
        this.terms = terms;
    }

    @Override
    public void renewAll() {
        int renewed = store.renew(terms).size();
        if (renewed != terms.size()) {
            throw new IllegalStateException("only " + renewed + " of " + terms.size() + " leases were renewed");
        }
    }

    @Override
    public void close() {
        store.close();
    }
}
