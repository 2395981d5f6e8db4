package io.github.leaderlease;

import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.LeaseStore.ReleaseRequest;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import org.slf4j.Logger;

/** How the other processes are notified of what has changed. A hint: whoever does not get it finds out by polling. */
final class Publisher {

    private static final Logger LOG = Loggers.ELECTION;
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private final AsyncStore calls;
    private final boolean publishing;

    /**
     * Publishing only where this process can also be notified.
     *
     * @param calls straight to the store: a notification that is not sent is no outage, and makes nothing due
     */
    Publisher(AsyncStore calls, boolean publishing) {
        this.calls = calls;
        this.publishing = publishing;
    }

    /** What was won, after its commit and in its own statement. */
    void won(Map<String, OptionalLong> outcomes) {
        List<String> won = outcomes.entrySet().stream()
                .filter(each -> each.getValue().isPresent())
                .map(Map.Entry::getKey)
                .toList();
        if (publishing && !won.isEmpty()) {
            Function<LeaseStore, Boolean> call = store -> {
                store.publish(won);
                return true;
            };
            calls.call(AsyncStore.Kind.OTHER, TIMEOUT, call, sent -> {}, failure -> failed(won, failure));
        }
    }

    /** What was released, within the call that did it. */
    void released(LeaseStore store, Collection<ReleaseRequest> released) {
        if (!publishing || released.isEmpty()) {
            return;
        }
        try {
            store.publish(released.stream()
                    .map(each -> Notification.released(each.term(), LossReason.parse(each.reason()), each.heir())
                            .text())
                    .toList());
        } catch (LeaseStoreException e) {
            if (e.failure() == Failure.UNAVAILABLE) {
                throw e; // the connection is broken; what was released stays so when it is released again
            }
            failed(released.stream().map(each -> each.term().election()).toList(), e);
        }
    }

    private static void failed(Collection<String> elections, Throwable failure) {
        BackgroundLog.say(
                () -> LOG.debug("could not notify of {}: the others will see for themselves", elections, failure));
    }
}
