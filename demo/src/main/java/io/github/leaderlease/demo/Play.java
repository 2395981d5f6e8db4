package io.github.leaderlease.demo;

import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The script: elect, renew, kill, take over, come back. */
final class Play implements Stage.Consumers {

    private static final int FIRST_HEARTBEATS = 2;
    private static final int RESTLESS = 20;

    private final DemoSettings settings;
    private final DemoTables tables;
    private final Timeline timeline;
    private final Narrator narrator = new Narrator();
    private final Stage stage;
    private @Nullable Renewal lastRenewal;
    private long renewals;
    private int troubles;
    private int round;

    Play(DemoSettings settings, DemoTables tables, Timeline timeline) {
        this.settings = settings;
        this.tables = tables;
        this.timeline = timeline;
        this.stage = new Stage(node -> settings.node(node, tables), this);
    }

    private record Renewal(Member who, long deadline) {}

    Narrator narrator() {
        return narrator;
    }

    /** Whose end ends all processes. */
    Stage stage() {
        return stage;
    }

    Evidence run() throws SQLException {
        elect();
        for (round = 1; round <= settings.rounds(); round++) {
            renew(round == 1 ? FIRST_HEARTBEATS : 1);
            comeBack(killLeader());
        }
        return watch();
    }

    /** What the nodes and the table say of the same moment: nothing may change while the table is read. */
    private Evidence watch() throws SQLException {
        for (int tries = 0; tries < RESTLESS; tries++) {
            await(stage.cast()::settled, "The nodes did not agree on a leader.");
            hearAll();
            int changes = stage.cast().changes();
            List<TermRow> table = tables.terms();
            long end = System.nanoTime();
            hearAll();
            if (stage.cast().changes() == changes && stage.cast().settled()) {
                return new Evidence(stage.sightings(), table, settings.ttl(), narrator.start(), end);
            }
        }
        throw new PlayStopped(PlayStopped.FAILED, "The leader changes all the time, so that nothing can be said.");
    }

    /** Each process tells in order: once it tells something from now, all that it had to tell until now is here. */
    private void hearAll() {
        long now = System.nanoTime();
        await(() -> stage.cast().allHeardSince(now), "The nodes fell silent.");
    }

    /** The next act; what it shows need only be explained once. */
    private void act(String heading, String... explanation) {
        boolean several = round > 0 && settings.rounds() > 1;
        String which = several ? " (round " + round + " of " + settings.rounds() + ")" : "";
        timeline.act(heading + which, round > 1 ? new String[0] : explanation);
    }

    private void elect() {
        act(
                "The first writer wins",
                "All nodes try to write their name into one row, each on condition that the",
                "row is still as it was read. So the database lets one of them in: the first",
                "writer leads. The others read the row and are told whom to follow.");
        IntStream.rangeClosed(1, settings.nodes()).forEach(number -> stage.start(new Member("node-" + number, 1)));
        awaitReady(settings.nodes() + " processes", "Not every node got ready.");
        stage.cast().living().forEach(stage::go);
        timeline.line(narrator.go());
        await(stage.cast()::settled, "The nodes did not agree on a leader.");
    }

    private void renew(int heartbeats) {
        act(
                "The leader renews its lease",
                "Every " + DemoSettings.show(settings.heartbeat())
                        + " it counts up a number in its row: its heartbeat. The others only",
                "read. The row is theirs to take once it has not changed for a TTL, "
                        + DemoSettings.show(settings.ttl()) + ".");
        long target = renewals + heartbeats;
        await(() -> renewals >= target && stage.cast().settled(), "The leader did not renew its lease.");
    }

    private Member killLeader() {
        act(
                "The leader is killed",
                "It cannot say goodbye. The others see a row that has stopped changing, which",
                "may also mean a slow leader, so they wait until its TTL is over. Then each is",
                "told LeadershipLost, and a new round starts at once: the first writer wins.");
        Member leader = stage.cast().leader().orElseThrow();
        stage.kill(leader);
        await(() -> !stage.cast().living().contains(leader), "The killed node did not die.");
        int troublesBefore = troubles;
        stage.await(new Stage.Goal(
                stage.cast()::settled,
                settings.patience(),
                () -> countdown(leader),
                () -> nobodyTookOver(leader, troubles > troublesBefore)));
        return leader;
    }

    private PlayStopped nobodyTookOver(Member killed, boolean trouble) {
        return new PlayStopped(
                trouble ? PlayStopped.FAILED : Verdict.BROKEN,
                "Nobody took over, or not everybody was told, within " + DemoSettings.show(settings.patience())
                        + " of the kill of " + killed + "; promised are "
                        + DemoSettings.show(Gap.promised(settings.ttl()))
                        + (trouble ? ", as long as the database answers, but it gave trouble." : "."));
    }

    /** How long the killed leader's lease is still good, which is what the followers must wait for. */
    private String countdown(Member leader) {
        Renewal last = lastRenewal;
        if (last == null || !last.who().equals(leader) || stage.cast().leader().isPresent()) {
            return "";
        }
        long end = last.deadline() + settings.ttl().dividedBy(10).toNanos();
        double left = (end - System.nanoTime()) / 1e9;
        return left > 0
                ? String.format(Locale.ROOT, "… the lease of %s runs out in %.1f s", leader.node(), left)
                : "… the lease of " + leader.node() + " has run out";
    }

    private void comeBack(Member killed) {
        act("The killed node comes back", "That it once led gives it no right: it reads who leads now, and follows.");
        Member again = killed.again();
        stage.start(again);
        awaitReady(killed.node(), again + " did not get ready.");
        stage.go(again);
        await(stage.cast()::settled, again + " was not told whom to follow.");
    }

    private void awaitReady(String who, String tooLate) {
        await(stage.cast()::allReady, () -> "… starting " + who, tooLate);
    }

    private void await(BooleanSupplier reached, String tooLate) {
        await(reached, () -> "", tooLate);
    }

    private void await(BooleanSupplier reached, Supplier<String> waiting, String tooLate) {
        stage.await(Stage.Goal.of(reached, settings.patience(), waiting, tooLate));
    }

    @Override
    public void seen(Sighting seen) {
        NodeReport report = seen.report();
        if (report instanceof NodeReport.Leading leading) {
            lastRenewal = new Renewal(seen.who(), leading.deadline());
        } else if (report instanceof NodeReport.Renewed renewed) {
            lastRenewal = new Renewal(seen.who(), renewed.deadline());
            renewals++;
            timeline.line(narrator.heartbeat(seen.who(), renewed, heartbeats()));
        }
        if (report instanceof NodeReport.Trouble) {
            troubles++;
        }
        narrator.tell(seen).ifPresent(timeline::line);
    }

    private long heartbeats() {
        try {
            return tables.heartbeats();
        } catch (SQLException e) {
            throw new PlayStopped(PlayStopped.FAILED, "The lease row cannot be read: " + e.getMessage());
        }
    }

    @Override
    public void waiting(String text) {
        timeline.waiting(text);
    }
}
