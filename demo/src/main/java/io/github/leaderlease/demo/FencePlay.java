package io.github.leaderlease.demo;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The script of the fence: lead, write, stand still, be succeeded, wake up, commit. */
final class FencePlay implements Stage.Consumers {

    static final Member OLD = new Member("node-1", 1);
    static final Member SUCCESSOR = new Member("node-2", 1);

    private final DemoSettings settings;
    private final DemoTables tables;
    private final CommitWatch watch;
    private final Timeline timeline;
    private final FenceNarrator narrator;
    private final Stage stage;
    private final List<Sighting> told = new ArrayList<>();

    FencePlay(DemoSettings settings, DemoTables tables, CommitWatch watch, Timeline timeline) {
        this.settings = settings;
        this.tables = tables;
        this.watch = watch;
        this.timeline = timeline;
        this.narrator = new FenceNarrator(timeline);
        this.stage = new Stage(node -> settings.node(node, tables), this);
    }

    FenceNarrator narrator() {
        return narrator;
    }

    /** Whose end ends all processes. */
    Stage stage() {
        return stage;
    }

    FenceEvidence run() throws SQLException {
        elect();
        stopBeforeItsCommits();
        succeed();
        awaitHeartbeat();
        wake();
        return evidence();
    }

    private void elect() {
        narrator.heading(OLD.node(), SUCCESSOR.node());
        stage.start(OLD);
        stage.start(SUCCESSOR);
        await(stage.cast()::allReady, () -> "… starting 2 processes", "Not every node got ready.");
        stage.go(OLD);
        await(() -> tells(OLD, NodeReport.Acquired.class), () -> "", OLD + " did not become leader.");
        stage.go(SUCCESSOR);
        await(
                () -> tells(SUCCESSOR, NodeReport.Follows.class) && stage.cast().settled(),
                () -> "",
                SUCCESSOR + " was not told whom to follow.");
    }

    private void stopBeforeItsCommits() {
        stage.say(OLD, NodeMain.WRITE);
        await(() -> tells(OLD, NodeReport.Wrote.class), () -> "", OLD + " did not write.");
        stage.freeze(OLD);
    }

    private void succeed() {
        await(
                () -> tells(SUCCESSOR, NodeReport.Acquired.class),
                this::countdown,
                SUCCESSOR + " did not take over from " + OLD + ", which stands still.");
        stage.say(SUCCESSOR, NodeMain.WRITE);
        stage.say(SUCCESSOR, NodeMain.COMMIT);
        await(
                () -> ended(SUCCESSOR)
                        && Stream.of(Scratch.values())
                                .noneMatch(table -> watch.committed(table).isEmpty()),
                () -> "",
                "The writes of " + SUCCESSOR + " did not show in the tables.");
    }

    /** Until the new leader is firmly in office, so that nobody takes the late write for a close race. */
    private void awaitHeartbeat() {
        await(
                () -> tells(SUCCESSOR, NodeReport.Renewed.class),
                this::countdown,
                SUCCESSOR + " did not renew its lease.");
    }

    /** The word to commit is there before it wakes up, so that nothing comes between. */
    private void wake() {
        stage.say(OLD, NodeMain.COMMIT);
        stage.thaw(OLD);
        await(() -> ended(OLD), () -> "", OLD + " did not try to commit.");
        await(stage.cast()::settled, () -> "", OLD + " was not told who leads now.");
    }

    private String countdown() {
        return reports(OLD, NodeReport.Frozen.class)
                .map(frozen -> String.format(
                        Locale.ROOT, "… %s has been frozen for %.1f s", OLD, (System.nanoTime() - frozen.at()) / 1e9))
                .findFirst()
                .orElse("");
    }

    private FenceEvidence evidence() throws SQLException {
        long frozen =
                reports(OLD, NodeReport.Frozen.class).findFirst().orElseThrow().at();
        long woken =
                reports(OLD, NodeReport.Woken.class).findFirst().orElseThrow().at();
        return new FenceEvidence(
                watch.committed(Scratch.UNFENCED),
                watch.committed(Scratch.FENCED),
                tables.terms(),
                reports(OLD, NodeReport.Refused.class).toList(),
                Duration.ofNanos(woken - frozen));
    }

    /** Whether a node is through with its work, either way. */
    private boolean ended(Member who) {
        return tells(who, NodeReport.RolledBack.class)
                || reports(who, NodeReport.Committed.class).anyMatch(NodeReport.Committed::fenced);
    }

    private boolean tells(Member who, Class<? extends NodeReport> kind) {
        return reports(who, kind).findAny().isPresent();
    }

    private <T extends NodeReport> Stream<T> reports(Member who, Class<T> kind) {
        return told.stream()
                .filter(seen -> seen.who().equals(who))
                .map(Sighting::report)
                .filter(kind::isInstance)
                .map(kind::cast);
    }

    private void await(BooleanSupplier reached, Supplier<String> waiting, String tooLate) {
        stage.await(Stage.Goal.of(reached, settings.patience(), waiting, tooLate));
    }

    @Override
    public void seen(Sighting seen) {
        told.add(seen);
        if (seen.report() instanceof NodeReport.Committed committed) {
            checkThatItIsThere(seen.who(), committed);
        }
        narrator.tell(seen);
        if (seen.report() instanceof NodeReport.WorkFailed failed) {
            throw new PlayStopped(
                    PlayStopped.FAILED,
                    "The work of " + seen.who() + " failed, so there is nothing to compare: " + failed.text());
        }
    }

    /** Nothing is shown as committed that the database does not show. */
    private void checkThatItIsThere(Member who, NodeReport.Committed committed) {
        Scratch table = committed.fenced() ? Scratch.FENCED : Scratch.UNFENCED;
        if (watch.committed(table).stream().noneMatch(commit -> commit.row().token() == committed.token())) {
            throw new PlayStopped(
                    PlayStopped.FAILED,
                    who + " has committed its row (token " + committed.token()
                            + "), but another connection does not see it in the table. Does --url lead to one server?");
        }
    }

    @Override
    public void waiting(String text) {
        timeline.waiting(text);
    }
}
