package io.github.leaderlease;

import io.github.leaderlease.spi.ElectionVersion;
import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.LeaseStore.AcquireRequest;
import io.github.leaderlease.spi.LeaseStore.RenewResult;
import io.github.leaderlease.spi.PresenceStore;
import io.github.leaderlease.spi.ReadResult;
import io.github.leaderlease.spi.TermKey;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/** Tells the checker what takes effect in the store, whoever hears of it. */
final class ObservedStore implements LeaseStore {

    private final LeaseStore store;
    private final SimulatedProcess process;
    private final World world;

    ObservedStore(LeaseStore store, SimulatedProcess process, World world) {
        this.store = store;
        this.process = process;
        this.world = world;
    }

    @Override
    public ReadResult read(List<ReadRequest> followed) {
        return store.read(followed);
    }

    @Override
    public OptionalLong acquire(AcquireRequest request) {
        ElectionVersion before = version(request.election());
        OptionalLong token = store.acquire(request);
        if (token.isPresent()) {
            world.checker().opened(process, request, before, token.getAsLong());
        }
        return token;
    }

    @Override
    public Map<String, OptionalLong> acquire(List<AcquireRequest> requests) {
        Map<String, ElectionVersion> before = new HashMap<>();
        requests.forEach(request -> before.put(request.election(), version(request.election())));
        Map<String, OptionalLong> outcomes = store.acquire(requests);
        for (AcquireRequest request : requests) {
            OptionalLong token = outcomes.getOrDefault(request.election(), OptionalLong.empty());
            if (token.isPresent()) {
                world.checker().opened(process, request, before.get(request.election()), token.getAsLong());
            }
        }
        return outcomes;
    }

    @Override
    public void publish(Collection<String> payloads) {
        world.announced(List.copyOf(payloads));
    }

    private ElectionVersion version(String election) {
        ReadResult reading = store.read(Map.of(election, 0L));
        return ElectionVersion.of(reading.incarnation(), reading.elections().get(election));
    }

    @Override
    public Map<String, RenewResult> renew(List<TermKey> terms) {
        Map<String, RenewResult> renewed = store.renew(terms);
        renewed.keySet().forEach(world.checker()::touched);
        return renewed;
    }

    @Override
    public RenewResult renewOne(TermKey term) {
        RenewResult result = store.renewOne(term);
        if (result == RenewResult.RENEWED) {
            world.checker().touched(term.election());
        }
        return result;
    }

    @Override
    public boolean release(ReleaseRequest request) {
        boolean released = store.release(request);
        if (released) {
            world.checker().vacated(request.term());
        }
        return released;
    }

    @Override
    public Set<String> release(List<ReleaseRequest> requests) {
        Set<String> released = store.release(requests);
        requests.stream()
                .map(ReleaseRequest::term)
                .filter(term -> released.contains(term.election()))
                .forEach(world.checker()::vacated);
        return released;
    }

    @Override
    public <T> T presence(Function<PresenceStore, T> call) {
        return store.presence(
                honest -> call.apply(world.faulty(Fault.LYING_PRESENCE) ? new LyingPresence(honest, world) : honest));
    }

    @Override
    public void close() {
        store.close();
    }
}
