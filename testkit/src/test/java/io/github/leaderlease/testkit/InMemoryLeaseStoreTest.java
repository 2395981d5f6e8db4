package io.github.leaderlease.testkit;

import io.github.leaderlease.spi.LeaseStore;
import java.time.InstantSource;

final class InMemoryLeaseStoreTest extends LeaseStoreContract {

    private final InMemoryDatabase database = new InMemoryDatabase(InstantSource.system());

    @Override
    protected LeaseStore open() {
        return database.open();
    }

    @Override
    protected LeaseStore openOdd() {
        return database.open();
    }

    @Override
    protected StoreTables tables() {
        return database;
    }
}
