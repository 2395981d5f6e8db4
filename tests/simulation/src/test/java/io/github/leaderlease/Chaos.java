package io.github.leaderlease;

import io.github.leaderlease.testkit.InMemoryDatabase;
import io.github.leaderlease.testkit.StoreTables;
import io.github.leaderlease.testkit.StoreTables.Table;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Lets the faults of a profile happen, one after the other, until it is stopped. */
final class Chaos {

    /** These happen to single messages, clocks and listeners all the time, not now and then. */
    private static final Set<Fault> STEADY = EnumSet.of(
            Fault.DELAY,
            Fault.LAST_WORD,
            Fault.LOSS,
            Fault.DUPLICATE,
            Fault.DRIFT,
            Fault.SLOW_LISTENER,
            Fault.DIFFERENT_TTLS);

    private final World world;
    private final List<Fault> choice;
    private final List<StoreTables.Hold> holds = new ArrayList<>();
    private boolean stopped;

    Chaos(World world) {
        this.world = world;
        List<Fault> sudden = new ArrayList<>(world.profile().faults());
        sudden.removeAll(STEADY);
        if (sudden.contains(Fault.SWITCH_OVER)) {
            sudden.addAll(List.of(Fault.SWITCH_OVER, Fault.SWITCH_OVER));
        }
        this.choice = List.copyOf(sudden);
    }

    void begin() {
        if (!choice.isEmpty()) {
            world.time().after(pause(), this::next);
        }
    }

    private Duration pause() {
        return world.profile().calm() ? upTo(3.2, 4) : upTo(0, 1.2);
    }

    private void next() {
        if (!stopped) {
            happen(choice.get(world.random().nextInt(choice.size())));
            world.time().after(pause(), this::next);
        }
    }

    /** All that is broken is mended, at once. */
    void stop() {
        stopped = true;
        world.quiet();
        world.trace().log("CHAOS", () -> "ends");
        holds.forEach(StoreTables.Hold::close);
        for (String election : world.elections()) {
            world.database().askToStepDown(election, 0);
        }
        for (Host slot : world.slots()) {
            slot.reconnect();
            SimulatedProcess process = slot.process;
            if (process == null || process.member(0).candidate.state().closing()) {
                restart(slot);
            } else {
                process.time().resume();
                process.resume();
            }
        }
    }

    private void restart(Host slot) {
        world.kill(slot);
        world.start(slot);
    }

    private void happen(Fault fault) {
        Host slot = world.slots().get(world.random().nextInt(world.slots().size()));
        if (world.random(0.5)) {
            slot = leadingSlot(slot);
        }
        SimulatedProcess process = slot.process;
        String election = anyElection();
        world.trace().log("CHAOS", () -> fault + " " + (process == null ? "" : process.name()));
        switch (fault) {
            case RESTART, FAILOVER, SWITCH_OVER, DATABASE_CLOCK, LOCK, STEP_DOWN, DELETE_LEASE, DELETE_ALL ->
                happenToTheDatabase(fault, election);
            default -> {
                if (process != null && process.time().running()) {
                    happenTo(slot, process, fault, election);
                }
            }
        }
    }

    private String anyElection() {
        return world.elections().get(world.random().nextInt(world.elections().size()));
    }

    private Host leadingSlot(Host otherwise) {
        for (SimulatedProcess process : world.processes()) {
            for (Member member : process.members()) {
                if (member.leadingToken() != 0) {
                    return process.slot();
                }
            }
        }
        return otherwise;
    }

    private void happenTo(Host slot, SimulatedProcess process, Fault fault, String election) {
        switch (fault) {
            case PARTITION -> cutOff(slot);
            case NOTIFICATION -> {
                process.listening(world.random(0.5));
                for (int i = world.random().nextInt(40); i > 0; i--) {
                    process.hear(List.of(election, "somebody-elses"));
                }
            }
            case LYING_PRESENCE -> {
                for (int i = world.random().nextInt(5); i > 0; i--) {
                    process.hear(List.of(world.forgedRelease(election, process.name())));
                }
            }
            case PAUSE -> {
                process.time().pause();
                resumeLater(process, upTo(0.05, 2.5));
            }
            case SUSPEND -> {
                process.time().suspend(slot.stopsWhenSuspended);
                resumeLater(process, upTo(0.2, 3));
            }
            case CRASH -> {
                world.kill(slot);
                startLater(slot, process, upTo(0, 2));
            }
            case CLOSE -> {
                process.close();
                startLater(slot, process, upTo(0.2, 3));
            }
            case WALL_STEP -> stepWall(slot, process);
            case RESIGN -> {
                if (world.random(0.3)) {
                    process.transfer(election, world.anyName());
                } else {
                    process.resign(election);
                }
            }
            case NOT_ELIGIBLE -> {
                process.suspend(election);
                world.after(upTo(0, 3), process::resume);
            }
            default -> throw new IllegalStateException("not a node's fault: " + fault);
        }
    }

    private void cutOff(Host slot) {
        int which = world.random().nextInt(3);
        slot.cutOut = which != 0;
        slot.cutIn = which != 1;
        world.after(upTo(0.1, 2.5), slot::reconnect);
    }

    private void resumeLater(SimulatedProcess process, Duration delay) {
        world.after(delay, () -> {
            if (!process.time().running() && !process.time().dead()) {
                process.time().resume();
                world.trace().log(process.name(), () -> "goes on");
            }
        });
    }

    private void startLater(Host slot, SimulatedProcess former, Duration delay) {
        world.after(delay, () -> {
            if (slot.process == null || (slot.process == former && !stopped)) {
                restart(slot);
            }
        });
    }

    private void stepWall(Host slot, SimulatedProcess process) {
        Duration step = world.random(0.5)
                ? upTo(0, 2)
                : Duration.ofMinutes(world.random().nextInt(600));
        process.time().stepWall(slot.setsBack && world.random(0.5) ? step.negated() : step);
    }

    private void happenToTheDatabase(Fault fault, String election) {
        InMemoryDatabase database = world.database();
        world.troubleNow();
        switch (fault) {
            case RESTART -> {
                if (world.servers().several()) {
                    world.servers().breakConnections();
                } else {
                    database.incarnation(world.nextIncarnation());
                }
                world.databaseDownFor(upTo(0, 0.3));
            }
            case FAILOVER -> failOver(world.loseTheLatest());
            case SWITCH_OVER -> switchOver();
            case DATABASE_CLOCK -> {
                Duration step = Duration.ofMinutes(world.random().nextInt(600));
                boolean back = world.profile().databaseClockMayGoBack() && world.random(0.5);
                world.servers().all().forEach(server -> server.stepClock(back ? step.negated() : step));
            }
            case LOCK -> {
                Table table = world.random(0.7) ? Table.LEASE : Table.TERM;
                StoreTables.Hold hold = database.hold(table, election);
                holds.add(hold);
                world.after(upTo(0.1, 1.6), hold::close);
            }
            case STEP_DOWN -> database.askToStepDown(election, world.checker().highestToken(election));
            case DELETE_LEASE -> database.delete(Table.LEASE, election);
            default -> {
                database.delete(Table.LEASE, election);
                database.delete(Table.TERM, election);
            }
        }
    }

    private void failOver(InMemoryDatabase.@Nullable Snapshot snapshot) {
        if (snapshot != null) {
            world.database().restore(snapshot, world.nextIncarnation());
            world.databaseDownFor(upTo(0, 0.3));
            world.trace().log("CHAOS", () -> "now " + world.database().rows(Table.LEASE));
        }
    }

    private void switchOver() {
        int to = world.random().nextInt(world.profile().servers());
        boolean lossy = world.random(0.7);
        world.takeSnapshot();
        world.servers().switchOver(to, lossy ? world.loseTheLatest() : null, world.random(0.5));
        if (world.random(0.5)) {
            world.databaseDownFor(upTo(0, 0.3));
        }
        world.trace().log("CHAOS", () -> "now " + world.database().rows(Table.LEASE));
    }

    private Duration upTo(double least, double most) {
        return world.fraction(least + (most - least) * world.random().nextDouble());
    }
}
