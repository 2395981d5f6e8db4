/** The dialect of leader-lease for H2. */
@SuppressWarnings("module") // H2 is what the database is called
module io.github.leaderlease.h2 {
    requires static org.jspecify;
    requires io.github.leaderlease.core;

    provides io.github.leaderlease.spi.Dialect with
            io.github.leaderlease.h2.H2Dialect;
}
