package io.github.leaderlease;

import io.github.leaderlease.spi.LeaseStore.AcquireRequest;
import io.github.leaderlease.spi.TermKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What a rule decided: the next state, what listeners shall hear, and what to do. A value; nothing has happened yet.
 */
record Transition(ElectionState next, List<LeaderEvent> events, List<Action> actions) {

    /** What the engine shall do after the state has changed and the events were handed over. */
    sealed interface Action {

        /** Send an attempt to open a term. */
        record Acquire(long attempt, AcquireRequest request) implements Action {}

        /** End the term and vacate the lease, after a delay if this is not the first try. */
        record Release(TermKey key, Handover handover, Duration delay) implements Action {}

        /** Ask the job of the current term to stop. */
        record StopJob() implements Action {}
    }

    Transition {
        events = List.copyOf(events);
        actions = List.copyOf(actions);
    }

    static Transition to(ElectionState next) {
        return new Transition(next, List.of(), List.of());
    }

    Transition with(LeaderEvent event) {
        return new Transition(next, plus(events, event), actions);
    }

    Transition with(Action action) {
        return new Transition(next, events, plus(actions, action));
    }

    Transition with(ElectionState later) {
        return new Transition(later, events, actions);
    }

    /** What was decided first, then what follows from its state. */
    Transition then(Transition later) {
        List<LeaderEvent> allEvents = new ArrayList<>(events);
        allEvents.addAll(later.events);
        List<Action> allActions = new ArrayList<>(actions);
        allActions.addAll(later.actions);
        return new Transition(later.next, allEvents, allActions);
    }

    private static <T> List<T> plus(List<T> list, T element) {
        List<T> longer = new ArrayList<>(list);
        longer.add(element);
        return longer;
    }
}
