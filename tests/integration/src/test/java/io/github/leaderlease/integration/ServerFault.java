package io.github.leaderlease.integration;

import io.github.leaderlease.testdatabases.Engine;
import io.github.leaderlease.testdatabases.TestDatabase;
import io.github.leaderlease.testkit.TcpProxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;

/** What can keep a server from answering the statements of our nodes. */
enum ServerFault {
    /** Somebody keeps the lease table for himself: {@code VACUUM FULL}, a restore, an operator. */
    TABLE_LOCK(1) {
        @Override
        Active begin(TestDatabase database, TcpProxy proxy) throws SQLException {
            Connection holder = database.connection();
            if (database.engine() == Engine.POSTGRESQL) {
                holder.setAutoCommit(false);
                Sql.run(holder, "lock table leader_lease, leader_term in access exclusive mode");
            } else {
                Sql.run(holder, "lock tables leader_lease write, leader_term write");
            }
            return holder::close;
        }
    },
    /** An ALTER waits for a reader that stays, and everybody else waits for the ALTER. */
    QUEUED_ALTER(2) {
        @Override
        Active begin(TestDatabase database, TcpProxy proxy) throws SQLException {
            Connection reader = database.connection();
            reader.setAutoCommit(false);
            Sql.list(reader, "select count(*) from leader_lease");
            Connection altering = database.connection();
            CompletableFuture<Void> altered = CompletableFuture.runAsync(() -> {
                try {
                    Sql.run(altering, "alter table leader_lease add column more int");
                } catch (SQLException e) {
                    throw new AssertionError(e);
                }
            });
            return () -> {
                reader.close();
                altered.join();
                altering.close();
            };
        }
    },
    /** {@code FLUSH TABLES WITH READ LOCK}, as some backups do. */
    GLOBAL_READ_LOCK(1) {
        @Override
        Active begin(TestDatabase database, TcpProxy proxy) throws SQLException {
            Connection holder = database.connection();
            Sql.run(holder, "flush tables with read lock");
            return holder::close;
        }
    },
    /** One session has the whole database for itself. */
    EXCLUSIVE(1) {
        @Override
        Active begin(TestDatabase database, TcpProxy proxy) throws SQLException {
            Connection holder = database.connection();
            Sql.run(holder, "set exclusive 1");
            return holder::close;
        }

        @Override
        boolean answers() {
            return false;
        }
    },
    /** Every commit waits for a synchronous standby, or a semi-synchronous replica, that is not there. */
    NO_STANDBY(1) {
        @Override
        Active begin(TestDatabase database, TcpProxy proxy) throws SQLException {
            Connection administrator = database.connection();
            Sql.run(administrator, standby(database.engine(), true));
            return () -> {
                Sql.run(administrator, standby(database.engine(), false));
                administrator.close();
            };
        }

        private String[] standby(Engine engine, boolean missing) {
            String source = engine == Engine.MYSQL ? "source" : "master";
            return engine == Engine.POSTGRESQL
                    ? new String[] {
                        "alter system set synchronous_standby_names = " + (missing ? "'nobody'" : "''"),
                        "select pg_reload_conf()"
                    }
                    : new String[] {
                        "set global rpl_semi_sync_" + source + "_timeout = 3600000",
                        "set global rpl_semi_sync_" + source + "_enabled = " + (missing ? 1 : 0)
                    };
        }
    },
    /** A disk that hangs, a host that is suspended: all processes of the server stand still. */
    STOPPED(0) {
        @Override
        Active begin(TestDatabase database, TcpProxy proxy) {
            database.server().freeze();
            return database.server()::thaw;
        }

        @Override
        boolean answers() {
            return false;
        }
    },
    /** The network swallows everything in both directions, and all sockets stay open. */
    BLACK_HOLE(0) {
        @Override
        Active begin(TestDatabase database, TcpProxy proxy) {
            proxy.blackHole();
            return proxy::forward;
        }
    };

    private final int sessions;

    ServerFault(int sessions) {
        this.sessions = sessions;
    }

    boolean concerns(Engine engine) {
        return switch (this) {
            case TABLE_LOCK, QUEUED_ALTER, NO_STANDBY -> engine != Engine.H2;
            case GLOBAL_READ_LOCK -> engine == Engine.MYSQL || engine == Engine.MARIADB;
            case EXCLUSIVE -> engine == Engine.H2;
            case STOPPED, BLACK_HOLE -> true;
        };
    }

    /** How many sessions the fault itself has on the server. */
    int sessions() {
        return sessions;
    }

    /** Whether the server never hears that connections were closed meanwhile: that is for its TCP keep-alive to find out. */
    boolean leavesSessions() {
        return this == BLACK_HOLE;
    }

    /**
     * Whether logins that were given up meanwhile become sessions for moments once the server goes on: H2 takes a whole login
     * from what the operating system has kept for it, and notices only then that nobody is there.
     */
    boolean queuesLogins(Engine engine) {
        return this == STOPPED && engine == Engine.H2;
    }

    /** Whether the server answers others meanwhile. */
    boolean answers() {
        return true;
    }

    /** From now on, until it is closed. */
    abstract Active begin(TestDatabase database, TcpProxy proxy) throws SQLException;

    /** A fault that lasts. */
    interface Active extends AutoCloseable {
        @Override
        void close() throws SQLException;
    }
}
