package io.github.leaderlease.benchmark.calls;

import io.github.leaderlease.jdbc.JdbcLeaseStore;
import io.github.leaderlease.spi.ElectionVersion;
import io.github.leaderlease.spi.LeaseStore.AcquireRequest;
import io.github.leaderlease.spi.LeaseStore.RenewResult;
import io.github.leaderlease.spi.ReadResult;
import io.github.leaderlease.spi.TermKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Our store's calls. What precedes an acquire in real life, the look at the election, is not part of it. */
final class StoreCycle implements Cycle {

    private static final String HOLDER = "0123456789abcdef0123456789abcdef";
    private static final Duration TTL = Duration.ofSeconds(10);

    private final JdbcLeaseStore store;
    private final String election;

    StoreCycle(JdbcLeaseStore store, String election) {
        this.store = store;
        this.election = election;
    }

    @Override
    public long[] run() throws Exception {
        AcquireRequest request = request();
        long[] tokens = new long[1];
        long acquired = Cycle.time(() -> tokens[0] = store.acquire(request).orElseThrow());
        TermKey term = new TermKey(election, tokens[0], HOLDER);
        long renewed = Cycle.time(() -> {
            if (store.renewOne(term) != RenewResult.RENEWED) {
                throw new IllegalStateException(term + " is lost");
            }
        });
        long released = Cycle.time(() -> {
            if (!store.release(term, "RESIGNED")) {
                throw new IllegalStateException(term + " is lost");
            }
        });
        return new long[] {acquired, renewed, released};
    }

    /** As things are. */
    AcquireRequest request() {
        ReadResult reading = store.read(Map.of(election, 0L));
        ReadResult.Election seen = Objects.requireNonNull(reading.elections().get(election));
        ElectionVersion observed = ElectionVersion.of(reading.incarnation(), seen);
        return new AcquireRequest(
                election, observed, HOLDER, "node", null, TTL, observed.token(), "EXPIRED", Duration.ofMillis(300));
    }

    /** What the driver is asked by one acquire, one renewal and one release. */
    Recorded record(Recorder recorder) {
        AcquireRequest request = request();
        recorder.take();
        long token = store.acquire(request).orElseThrow();
        List<Step> acquire = recorder.take();
        TermKey term = new TermKey(election, token, HOLDER);
        store.renewOne(term);
        List<Step> renew = recorder.take();
        store.release(term, "RESIGNED");
        return new Recorded(election, request.observed().token(), token, acquire, renew, recorder.take());
    }

    /**
     * What was heard.
     *
     * @param election its name
     * @param oldToken the token that was observed
     * @param newToken the token that was given out
     */
    record Recorded(
            String election, long oldToken, long newToken, List<Step> acquire, List<Step> renew, List<Step> release) {}

    @Override
    public void close() {
        store.close();
    }
}
