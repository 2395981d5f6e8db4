package io.github.leaderlease.demo;

import java.time.Duration;
import java.util.Locale;

/** Writes the verdict under the timeline. */
final class VerdictPage {

    private final Timeline timeline;
    private final Narrator narrator;

    VerdictPage(Timeline timeline, Narrator narrator) {
        this.timeline = timeline;
        this.narrator = narrator;
    }

    void write(Evidence evidence, Verdict verdict) {
        timeline.say("");
        timeline.title("Verdict");
        timeline.say("");
        verdict.findings().forEach(this::write);
        if (!verdict.gaps().isEmpty()) {
            timeline.say("");
            timeline.title("   Time without a leader");
            verdict.gaps().forEach(gap -> write(gap, evidence.ttl()));
            timeline.quiet("     promised     1.02 × TTL + 1.5 s = " + seconds(Gap.promised(evidence.ttl()))
                    + " after a killed leader's last heartbeat (p99)");
        }
        timeline.say("");
        if (verdict.kept()) {
            timeline.good("   Every guarantee was kept.");
        } else {
            timeline.bad("   A guarantee was broken. Please report this, with all of the output above.");
        }
    }

    private void write(Finding finding) {
        String line = String.format(Locale.ROOT, "%-21s %s", finding.guarantee(), finding.grounds());
        if (finding.kept()) {
            timeline.say("   ✓ " + line);
        } else {
            timeline.bad("   ✗ " + line);
            finding.violations().forEach(violation -> timeline.say("       " + violation));
        }
    }

    private void write(Gap gap, Duration ttl) {
        boolean killed = gap.before().end() == Span.End.KILLED;
        String old = gap.before().who().node();
        boolean slow = killed && gap.sinceRenewal().compareTo(Gap.promised(ttl)) > 0;
        timeline.say(String.format(
                Locale.ROOT,
                "     term %d → %d   %s from the %s of %s to the first yes of %s",
                narrator.term(gap.before().token()),
                narrator.term(gap.after().token()),
                seconds(gap.leaderless()),
                killed ? "kill" : "last yes",
                old,
                gap.after().who().node()));
        timeline.say("                  " + seconds(gap.sinceRenewal()) + " from the last heartbeat of " + old
                + (slow ? ", longer than promised" : ""));
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.2f s", duration.toNanos() / 1e9);
    }
}
