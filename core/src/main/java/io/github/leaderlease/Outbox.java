package io.github.leaderlease;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What follows from changes of a state, in order. Whatever cuts that short, it goes on where it was: each step is done, and
 * only once if it did what it does in its last call.
 */
final class Outbox {

    private static final int MOST_TRIES = 3;

    private final Queue<Step> steps = new ConcurrentLinkedQueue<>();

    /** One of them. */
    static final class Step {
        private final Runnable what;
        private boolean done;
        private int tries;

        Step(Runnable what) {
            this.what = what;
        }
    }

    /** All or none. */
    void add(List<Step> more) {
        if (!more.isEmpty()) {
            steps.addAll(more);
        }
    }

    /** Does what is to be done. What failed is tried again the next time, and what fails again and again is left out. */
    void empty() {
        for (Step step = steps.peek(); step != null; step = steps.peek()) {
            if (!step.done) {
                step.tries++;
                step.done = step.tries > MOST_TRIES;
            }
            if (!step.done) {
                step.what.run();
                step.done = true;
            }
            steps.poll();
        }
    }
}
