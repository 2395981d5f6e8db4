package io.github.leaderlease.cli;

import io.github.leaderlease.Leader;
import io.github.leaderlease.LeaderEvent;
import io.github.leaderlease.LeaderEvent.CallFailed;
import io.github.leaderlease.LeaderEvent.LeaderChanged;
import io.github.leaderlease.LeaderEvent.LeadershipAcquired;
import io.github.leaderlease.LeaderEvent.LeadershipAtRisk;
import io.github.leaderlease.LeaderEvent.LeadershipLost;
import io.github.leaderlease.LeaderEvent.TakeoverBlocked;
import io.github.leaderlease.LeaderListener;
import io.github.leaderlease.LossReason;
import java.util.Map;

/** Writes each event of an election to the output of the command. */
final class EventPrinter implements LeaderListener {

    private final EventOutput output;
    private final String node;

    EventPrinter(EventOutput output, String node) {
        this.output = output;
        this.node = node;
    }

    @Override
    public void onEvent(LeaderEvent event) {
        if (event instanceof LeadershipAcquired acquired) {
            long token = acquired.leadership().fencingToken();
            output.tell("leadership-acquired", node + " leads, token " + token, Map.of("leader", node, "token", token));
        } else if (event instanceof LeadershipLost lost) {
            lost(lost.term(), lost.reason(), lost.own());
        } else if (event instanceof LeaderChanged changed) {
            Leader leader = changed.leader();
            output.tell(
                    "leader-changed",
                    "following " + leader.node() + ", token " + leader.fencingToken(),
                    Map.of("leader", leader.node(), "token", leader.fencingToken()));
        } else if (event instanceof LeadershipAtRisk risk) {
            long left = risk.remaining().toMillis();
            String cause = Failures.message(risk.cause());
            output.tell(
                    "leadership-at-risk",
                    "a heartbeat failed, " + left + " ms left: " + cause,
                    Map.of("token", risk.leadership().fencingToken(), "remaining_ms", left, "cause", cause));
        } else if (event instanceof CallFailed failed) {
            String cause = Failures.message(failed.cause());
            output.tell(
                    "call-failed",
                    failed.operation() + " failed, trying on: " + cause,
                    Map.of("operation", failed.operation().toString(), "cause", cause));
        } else if (event instanceof TakeoverBlocked blocked) {
            output.tell(
                    "takeover-blocked",
                    "cannot take over yet, trying on; in the way: " + blocked.blockedBy(),
                    Map.of("blocked_by", blocked.blockedBy(), "cause", Failures.message(blocked.cause())));
        }
    }

    private void lost(Leader term, LossReason reason, boolean own) {
        String who = own ? node + " lost leadership" : term.node() + " lost leadership, as seen from " + node;
        output.tell(
                "leadership-lost",
                who + ", token " + term.fencingToken() + ": " + words(reason),
                Map.of("leader", term.node(), "token", term.fencingToken(), "reason", reason.name(), "own", own));
    }

    private static String words(LossReason reason) {
        return switch (reason) {
            case EXPIRED -> "its lease was not renewed in time";
            case RESIGNED -> "it resigned";
            case STEPPED_DOWN -> "it was asked to step down";
            case CLOSED -> "it ended in order";
            case SUPERSEDED -> "another term has taken its place";
            case JOB_FAILED -> "its command could not be kept running";
            case TERM_MISSING -> "its rows are gone from the table";
            case NOT_ELIGIBLE -> "it may not lead any more";
            case UNKNOWN -> "for an unknown reason";
        };
    }
}
