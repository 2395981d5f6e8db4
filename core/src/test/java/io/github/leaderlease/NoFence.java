package io.github.leaderlease;

import java.sql.Connection;

/** For terms that nobody fences with. */
final class NoFence implements HeldTerm.Fence {

    @Override
    public void take(HeldTerm term, Connection connection) {
        throw new IllegalStateException("nobody fences here");
    }

    @Override
    public <T, X extends Exception> T inTransaction(HeldTerm term, Leadership.Work<T, X> work) {
        throw new IllegalStateException("nobody fences here");
    }
}
