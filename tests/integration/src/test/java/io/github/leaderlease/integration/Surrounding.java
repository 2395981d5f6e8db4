package io.github.leaderlease.integration;

import com.atomikos.icatch.jta.UserTransactionManager;
import com.atomikos.jdbc.AtomikosDataSourceBean;
import com.atomikos.jdbc.AtomikosNonXADataSourceBean;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import io.agroal.narayana.NarayanaTransactionIntegration;
import io.github.leaderlease.testdatabases.Engine;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import javax.sql.XADataSource;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.DefaultTransactionDefinition;

/** Transactions of an application, bound to its thread, and the DataSource that takes part in them. */
interface Surrounding extends AutoCloseable {

    /** Who manages them. */
    enum Manager {
        SPRING,
        SPRING_ON_A_POOL_WITHOUT_AUTOCOMMIT,
        NARAYANA_LOCAL,
        NARAYANA_XA,
        ATOMIKOS_LOCAL,
        ATOMIKOS_XA;

        Surrounding on(TestDatabase database, Class<? extends XADataSource> xa) {
            return switch (this) {
                case SPRING -> new Spring(pool(database, true));
                case SPRING_ON_A_POOL_WITHOUT_AUTOCOMMIT -> new Spring(pool(database, false));
                case NARAYANA_LOCAL ->
                    new Narayana(database, database.dataSource().getClass());
                case NARAYANA_XA -> new Narayana(database, xa);
                case ATOMIKOS_LOCAL -> Atomikos.local(database);
                case ATOMIKOS_XA -> Atomikos.xa(database, xa);
            };
        }
    }

    DataSource dataSource();

    void begin() throws Exception;

    void commit() throws Exception;

    void rollback() throws Exception;

    @Override
    void close();

    private static HikariDataSource pool(TestDatabase database, boolean autoCommit) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(database.dataSource());
        config.setMaximumPoolSize(4);
        config.setAutoCommit(autoCommit);
        return new HikariDataSource(config);
    }

    /** As code does that uses plain JDBC inside {@code @Transactional}. */
    final class Spring implements Surrounding {

        private final HikariDataSource pool;
        private final DataSourceTransactionManager manager;
        private TransactionStatus status;

        Spring(HikariDataSource pool) {
            this.pool = pool;
            this.manager = new DataSourceTransactionManager(pool);
        }

        @Override
        public DataSource dataSource() {
            return new TransactionAwareDataSourceProxy(pool);
        }

        @Override
        public void begin() {
            status = manager.getTransaction(new DefaultTransactionDefinition());
        }

        @Override
        public void commit() {
            manager.commit(status);
        }

        @Override
        public void rollback() {
            manager.rollback(status);
        }

        @Override
        public void close() {
            pool.close();
        }
    }

    /** What Quarkus and WildFly are made of. */
    final class Narayana implements Surrounding {

        private final jakarta.transaction.TransactionManager manager;
        private final AgroalDataSource pool;

        Narayana(TestDatabase database, Class<?> provider) {
            for (String store : List.of("", "stateStore.", "communicationStore.")) { // or it leaves files behind
                System.setProperty(
                        "ObjectStoreEnvironmentBean." + store + "objectStoreType",
                        "com.arjuna.ats.internal.arjuna.objectstore.VolatileStore");
            }
            manager = com.arjuna.ats.jta.TransactionManager.transactionManager();
            var registry =
                    new com.arjuna.ats.internal.jta.transaction.arjunacore.TransactionSynchronizationRegistryImple();
            var config = new AgroalDataSourceConfigurationSupplier()
                    .connectionPoolConfiguration(pool -> pool.maxSize(4)
                            .acquisitionTimeout(Duration.ofSeconds(10))
                            .transactionIntegration(new NarayanaTransactionIntegration(manager, registry))
                            .connectionFactoryConfiguration(factory -> factory.connectionProviderClass(provider)
                                    .jdbcUrl(database.url())
                                    .principal(new NamePrincipal(database.user()))
                                    .credential(new SimplePassword(database.password()))));
            try {
                pool = AgroalDataSource.from(config);
            } catch (java.sql.SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public DataSource dataSource() {
            return pool;
        }

        @Override
        public void begin() throws Exception {
            manager.begin();
        }

        @Override
        public void commit() throws Exception {
            manager.commit();
        }

        @Override
        public void rollback() throws Exception {
            manager.rollback();
        }

        @Override
        public void close() {
            pool.close();
        }
    }

    /** Its connections enlist themselves with their first statement. */
    final class Atomikos implements Surrounding {

        private final UserTransactionManager manager = new UserTransactionManager();
        private final DataSource pool;
        private final Runnable close;

        private Atomikos(DataSource pool, Runnable close) {
            this.pool = pool;
            this.close = close;
        }

        private static void configure() {
            System.setProperty("com.atomikos.icatch.enable_logging", "false");
            System.setProperty("com.atomikos.icatch.registered", "true");
        }

        static Atomikos xa(TestDatabase database, Class<? extends XADataSource> provider) {
            configure();
            AtomikosDataSourceBean bean = new AtomikosDataSourceBean();
            bean.setUniqueResourceName("xa-" + database.name());
            bean.setXaDataSourceClassName(provider.getName());
            String url = database.engine() == Engine.MYSQL || database.engine() == Engine.MARIADB
                    ? database.url() + "&pinGlobalTxToPhysicalConnection=true"
                    : database.url(); // as Atomikos requires of them
            bean.getXaProperties().setProperty("url", url);
            bean.getXaProperties().setProperty("user", database.user());
            bean.getXaProperties().setProperty("password", database.password());
            bean.setMaxPoolSize(4);
            bean.setLocalTransactionMode(true);
            return new Atomikos(bean, bean::close);
        }

        static Atomikos local(TestDatabase database) {
            configure();
            AtomikosNonXADataSourceBean bean = new AtomikosNonXADataSourceBean();
            bean.setUniqueResourceName("local-" + database.name());
            bean.setDriverClassName(driver(database));
            bean.setUrl(database.url());
            bean.setUser(database.user());
            bean.setPassword(database.password());
            bean.setMaxPoolSize(4);
            bean.setLocalTransactionMode(true);
            return new Atomikos(bean, bean::close);
        }

        private static String driver(TestDatabase database) {
            return switch (database.engine()) {
                case POSTGRESQL -> "org.postgresql.Driver";
                case MYSQL -> "com.mysql.cj.jdbc.Driver";
                case MARIADB -> "org.mariadb.jdbc.Driver";
                case H2 -> "org.h2.Driver";
            };
        }

        @Override
        public DataSource dataSource() {
            return pool;
        }

        @Override
        public void begin() throws Exception {
            manager.begin();
        }

        @Override
        public void commit() throws Exception {
            manager.commit();
        }

        @Override
        public void rollback() throws Exception {
            manager.rollback();
        }

        @Override
        public void close() {
            close.run();
        }
    }
}
