package io.github.leaderlease;

/**
 * Hears what happens in an election.
 *
 * <p>Called on a thread of the coordinator's event executor, one event at a time per election, never on a thread that
 * renews: it may block, and renewals go on. While it handles the loss of its own node's term, this node neither
 * releases that lease nor stands for election again, so a listener that stops its work before it returns has stopped it
 * before the next leader begins (as long as that takes less time than the lease has left). Exceptions are logged and
 * change nothing.
 */
@FunctionalInterface
public interface LeaderListener {

    /**
     * Called for each event.
     *
     * @param event what happened
     */
    void onEvent(LeaderEvent event);
}
