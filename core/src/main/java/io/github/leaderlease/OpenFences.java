package io.github.leaderlease;

import java.lang.ref.WeakReference;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The fenced transactions that a thread may still have open. Nobody tells us when a transaction ends. */
final class OpenFences {

    private final ThreadLocal<Map<String, WeakReference<Connection>>> last = ThreadLocal.withInitial(HashMap::new);
    private final ThreadLocal<Set<String>> running = ThreadLocal.withInitial(HashSet::new);

    /** Asks a connection whether it is inside a transaction. */
    interface Question {
        boolean insideTransaction(Connection connection) throws SQLException;
    }

    void fenced(String election, Connection connection) {
        last.get().put(election, new WeakReference<>(connection));
    }

    /** The start of a transaction that we will fence ourselves; false if this thread is inside one already. */
    boolean begin(String election) {
        return running.get().add(election);
    }

    /** Its end, by commit or rollback. */
    void end(String election) {
        running.get().remove(election);
    }

    Set<String> elections() {
        Set<String> all = new HashSet<>(last.get().keySet());
        all.addAll(running.get());
        return all;
    }

    boolean holds(String election, Question question) {
        if (running.get().contains(election)) {
            return true;
        }
        WeakReference<Connection> reference = last.get().get(election);
        Connection connection = reference == null ? null : reference.get();
        boolean holds = connection != null && isOpen(connection, question);
        if (!holds) {
            last.get().remove(election);
        }
        return holds;
    }

    private static boolean isOpen(Connection connection, Question question) {
        try {
            return !connection.isClosed() && !connection.getAutoCommit() && question.insideTransaction(connection);
        } catch (SQLException broken) {
            return false; // its server has rolled it back, or will
        }
    }
}
