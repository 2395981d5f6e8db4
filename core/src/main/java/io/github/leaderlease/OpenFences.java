package io.github.leaderlease;

import java.lang.ref.WeakReference;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fenced transactions that a thread may still have open. Nobody tells us when a transaction ends, and threads of a pool
 * live for ever: so a thread keeps no more than it may need, and nothing if there is nothing.
 */
@SuppressWarnings("ThreadLocalUsage") // a coordinator has its own, and a thread keeps nothing of those that are gone
final class OpenFences {

    /** So many are kept without asking whether their connections are closed meanwhile. */
    private static final int FEW = 8;

    /** Nobody fences one transaction for more elections than this; beyond it, the eldest is forgotten. */
    static final int MOST = 64;

    private final ThreadLocal<@Nullable Map<String, WeakReference<Connection>>> last = new ThreadLocal<>();
    private final ThreadLocal<@Nullable Set<String>> running = new ThreadLocal<>();

    /** Asks a connection whether it is inside a transaction. */
    interface Question {
        boolean insideTransaction(Connection connection) throws SQLException;
    }

    void fenced(String election, Connection connection) {
        Map<String, WeakReference<Connection>> fences = last.get();
        if (fences == null) {
            fences = new LinkedHashMap<>();
            last.set(fences);
        }
        fences.remove(election);
        fences.put(election, new WeakReference<>(connection));
        if (fences.size() > FEW) {
            fences.values().removeIf(OpenFences::isClosed);
        }
        if (fences.size() > MOST) {
            Iterator<String> eldest = fences.keySet().iterator();
            eldest.next();
            eldest.remove();
        }
    }

    /** The start of a transaction that we will fence ourselves; false if this thread is inside one already. */
    boolean begin(String election) {
        Set<String> elections = running.get();
        if (elections == null) {
            elections = new HashSet<>();
            running.set(elections);
        }
        return elections.add(election);
    }

    /** Its end, by commit or rollback. */
    void end(String election) {
        Set<String> elections = running.get();
        if (elections != null && elections.remove(election) && elections.isEmpty()) {
            running.remove();
        }
    }

    Set<String> elections() {
        Set<String> all = new HashSet<>();
        Map<String, WeakReference<Connection>> fences = last.get();
        if (fences != null) {
            all.addAll(fences.keySet());
        }
        Set<String> elections = running.get();
        if (elections != null) {
            all.addAll(elections);
        }
        return all;
    }

    boolean holds(String election, Question question) {
        Set<String> elections = running.get();
        if (elections != null && elections.contains(election)) {
            return true;
        }
        Map<String, WeakReference<Connection>> fences = last.get();
        WeakReference<Connection> reference = fences == null ? null : fences.get(election);
        if (fences == null || reference == null) {
            return false;
        }
        Connection connection = reference.get();
        boolean holds = connection != null && isOpen(connection, question);
        if (!holds) {
            fences.remove(election);
        }
        if (fences.isEmpty()) {
            last.remove();
        }
        return holds;
    }

    private static boolean isClosed(WeakReference<Connection> reference) {
        Connection connection = reference.get();
        try {
            return connection == null || connection.isClosed();
        } catch (SQLException broken) {
            return true;
        }
    }

    private static boolean isOpen(Connection connection, Question question) {
        try {
            return !connection.isClosed() && !connection.getAutoCommit() && question.insideTransaction(connection);
        } catch (SQLException broken) {
            return false; // its server has rolled it back, or will
        }
    }
}
