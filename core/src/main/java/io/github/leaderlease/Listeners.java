package io.github.leaderlease;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** The listeners of one election. A call that was cut short goes on where it was; no listener keeps another from its events. */
final class Listeners {

    private static final Logger LOG = Loggers.ELECTION;

    private final String name;
    private final List<LeaderListener> listeners;

    /** Who is at an event. */
    private volatile @Nullable LeaderListener busy;

    Listeners(String name, List<LeaderListener> listeners) {
        this.name = name;
        this.listeners = new CopyOnWriteArrayList<>(listeners);
    }

    /** Notifies all of an event, after it was logged. */
    Runnable telling(LeaderEvent event) {
        return new Telling(event);
    }

    /** Notifies a newcomer of the present state first; from then on of all that follows. */
    Runnable joining(LeaderListener listener, List<LeaderEvent> present) {
        return new Joining(listener, present);
    }

    /** Who is at work, for people. */
    String atWork() {
        LeaderListener listener = busy;
        return listener == null
                ? "what runs between its events"
                : listener.getClass().getName();
    }

    void nobodyAtWork() {
        busy = null;
    }

    /** One event on its way to all listeners; knows how far it has come. */
    private final class Telling implements Runnable {
        private final LeaderEvent event;
        private boolean logged;
        private int told;

        Telling(LeaderEvent event) {
            this.event = event;
        }

        @Override
        public void run() {
            if (!logged) {
                logged = true;
                log();
            }
            while (told < listeners.size()) {
                LeaderListener next = listeners.get(told);
                busy = next;
                try {
                    told++; // from here on it has been told, whatever comes of it
                    next.onEvent(event);
                } catch (Throwable e) {
                    failed(next, event, e);
                }
            }
        }

        /** What an exception or an appender of the user's throws here is no reason not to tell the listeners. */
        private void log() {
            try {
                EventLog.log(name, event);
            } catch (Throwable e) {
                LOG.error("election {}: an event cannot be logged", name, e);
            }
        }
    }

    /** A listener that is added; knows how far it has come. */
    private final class Joining implements Runnable {
        private final LeaderListener listener;
        private final List<LeaderEvent> present;
        private int told;

        Joining(LeaderListener listener, List<LeaderEvent> present) {
            this.listener = listener;
            this.present = present;
        }

        @Override
        public void run() {
            while (told < present.size()) {
                LeaderEvent next = present.get(told);
                busy = listener;
                try {
                    told++;
                    listener.onEvent(next);
                } catch (Throwable e) {
                    failed(listener, next, e);
                }
            }
            listeners.add(listener);
        }
    }

    private void failed(LeaderListener listener, LeaderEvent event, Throwable e) {
        LOG.error("election {}: listener {} failed on {}", name, listener, event, e);
    }
}
