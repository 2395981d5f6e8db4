package io.github.leaderlease.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.Rounds;
import io.github.leaderlease.testkit.TcpProxy;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Parts of {@code run} stand still or die one by one: the command never lives beyond its right. */
final class FrozenTest {

    private static final Duration AT_ONCE = Duration.ofSeconds(1);

    private ToolBench bench;

    private void play(Rounds.Scenario scenario) throws Exception {
        ToolBench.play(DatabaseUnderTest.POSTGRESQL, scenario, own -> bench = own);
    }

    private static void ends(Rounds round, Duration bound, CommandLife life, long since) throws Exception {
        round.within(bound, Duration.ofNanos(life.awaitEnd(Tool.PATIENCE) - since), "the end of the command");
    }

    @Test
    void aFrozenToolLosesItsCommandByTheDeadlineAndFollowsWhenItGoesOn() throws Exception {
        play(this::freezeTool);
    }

    private void freezeTool(Rounds round) throws Exception {
        Measured death = new Measured("SIGSTOP of the tool to the end of its command, TTL 3 s");
        Tool a = bench.run("a", bench.watch().stubbornCommand());
        bench.mayExpire(round, a, 1);
        CommandLife life = bench.watch().next(Tool.PATIENCE);
        bench.follower("b", "a");
        round.require(life.isAlive(), "a tool lost its lease by itself");
        long stopped = System.nanoTime();
        a.signal("STOP");
        long died = death.add(life.awaitEnd(Tool.PATIENCE) - stopped);
        round.within(ToolBench.TTL, Duration.ofMillis(died), "the end of the command");
        requireAsked(round, life);
        CommandLife next = bench.watch().next(Tool.PATIENCE);
        next.staysAlive(ToolBench.TTL.multipliedBy(2));
        a.signal("CONT");
        a.awaitLine("following b");
        assertThat(a.err())
                .filteredOn(line -> line.contains("a lost leadership"))
                .hasSize(1);
        assertThat(a.err()).filteredOn(line -> line.contains("a leads, ")).hasSize(1);
        assertThat(bench.watch().overlaps()).isEmpty();
        death.print();
    }

    @Test
    void aFrozenProcessGroupOfTheToolIsNoDifferent() throws Exception {
        play(this::freezeGroup);
    }

    private void freezeGroup(Rounds round) throws Exception {
        Tool a = bench.run("a", bench.watch().command());
        bench.mayExpire(round, a, 1);
        CommandLife life = bench.watch().next(Tool.PATIENCE);
        bench.follower("b", "a");
        round.require(life.isAlive(), "a tool lost its lease by itself");
        long stopped = System.nanoTime();
        Tool.signal("STOP", "-" + a.process().pid());
        ends(round, ToolBench.TTL, life, stopped);
        assertThat(bench.watch().next(Tool.PATIENCE).node()).isEqualTo("b");
        assertThat(bench.watch().overlaps()).isEmpty();
        Tool.signal("CONT", "-" + a.process().pid());
    }

    @Test
    void whenTheSupervisorIsKilledTheToolKillsTheCommandAndGivesTheTermUp() throws Exception {
        play(this::killSupervisor);
    }

    private void killSupervisor(Rounds round) throws Exception {
        Tool a = bench.run("a", bench.watch().stubbornCommand());
        bench.mayExpire(round, a, 1);
        CommandLife life = bench.watch().next(Tool.PATIENCE);
        bench.follower("b", "a");
        round.require(life.isAlive(), "a tool lost its lease by itself");
        long killed = System.nanoTime();
        Tool.signal("KILL", Long.toString(life.supervisor().pid()));
        ends(round, AT_ONCE, life, killed);
        CommandLife next = bench.watch().next(Tool.PATIENCE);
        assertThat(next.node()).isEqualTo("b");
        a.awaitLine("the supervising process died");
        a.awaitLine("following b");
        assertThat(bench.watch().overlaps()).isEmpty();
    }

    @Test
    void whenTheSupervisorIsFrozenTheToolKillsTheCommandByTheDeadline() throws Exception {
        play(this::freezeSupervisor);
    }

    private void freezeSupervisor(Rounds round) throws Exception {
        Tool a = bench.run("a", bench.watch().stubbornCommand());
        bench.mayExpire(round, a, 1);
        CommandLife life = bench.watch().next(Tool.PATIENCE);
        bench.follower("b", "a");
        round.require(life.isAlive(), "a tool lost its lease by itself");
        ProcessHandle supervisor = life.supervisor();
        long stopped = System.nanoTime();
        Tool.signal("STOP", Long.toString(supervisor.pid()));
        ends(round, ToolBench.TTL, life, stopped);
        a.awaitLine("the supervising process died or stood still");
        assertThat(bench.watch().next(Tool.PATIENCE).node()).isEqualTo("b");
        assertThat(supervisor.isAlive()).isFalse();
        assertThat(bench.watch().overlaps()).isEmpty();
    }

    @Test
    void aToolThatIsTakenFromItsSupervisorBeforeItLeadsUsesAnother() throws Exception {
        play(this::killSpare);
    }

    private void killSpare(Rounds round) throws Exception {
        Tool a = bench.run("a", bench.watch().command());
        bench.mayExpire(round, a, 1);
        CommandLife life = bench.watch().next(Tool.PATIENCE);
        Tool b = bench.follower("b", "a");
        Tool.signal(
                "KILL",
                b.process().children().map(child -> Long.toString(child.pid())).toArray(String[]::new));
        Tool.signal(
                "TERM", Long.toString(life.supervisor().parent().orElseThrow().pid()));
        assertThat(bench.watch().next(Tool.PATIENCE).node()).isEqualTo("b");
    }

    @Test
    void anOperatorWhoSignalsAllProcessesAtOnceGetsAnOrderlyEnd() throws Exception {
        play(this::signalAll);
    }

    private void signalAll(Rounds round) throws Exception {
        Tool a = bench.run("a", bench.watch().command());
        bench.mayExpire(round, a, 1);
        CommandLife life = bench.watch().next(Tool.PATIENCE);
        bench.follower("b", "a");
        round.require(life.isAlive(), "a tool lost its lease by itself");
        String[] all = Stream.concat(
                        Stream.of(a.process().toHandle()), a.process().descendants())
                .map(process -> Long.toString(process.pid()))
                .toArray(String[]::new);
        Tool.signal("TERM", all);
        assertThat(a.awaitExit()).isEqualTo(143);
        assertThat(life.ended()).isCompleted();
        assertThat(bench.watch().next(Tool.PATIENCE).node()).isEqualTo("b");
        assertThat(bench.watch().overlaps()).isEmpty();
    }

    /** Between the request and its end it has little time to say that it was asked. */
    private static void requireAsked(Rounds round, CommandLife life) {
        round.require(
                life.words().stream().anyMatch(words -> words.contains("asked")),
                "the command did not say that it was asked to stop before it was killed");
    }

    @Test
    void whatHangsInABlackHoleIsGoneBeforeTheOtherStarts() throws Exception {
        play(this::blackHole);
    }

    private void blackHole(Rounds round) throws Exception {
        try (TcpProxy proxy = TcpProxy.to("127.0.0.1", bench.database().server().port())) {
            Tool a = bench.run(
                    "a",
                    bench.database().urlThrough(proxy.port()),
                    bench.watch().stubbornCommand());
            bench.mayExpire(round, a, 1);
            CommandLife life = bench.watch().next(Tool.PATIENCE);
            bench.follower("b", "a");
            round.require(life.isAlive(), "a tool lost its lease by itself");
            long cut = System.nanoTime();
            proxy.blackHole();
            ends(round, ToolBench.TTL, life, cut);
            requireAsked(round, life);
            CommandLife next = bench.watch().next(Tool.PATIENCE);
            assertThat(a.awaitLine("a lost leadership")).contains("its lease was not renewed in time");
            proxy.forward();
            a.awaitLine("following b");
            next.staysAlive(Duration.ofMillis(1));
            assertThat(bench.watch().overlaps()).isEmpty();
        }
    }

    @Test
    void afterCtrlCNoProcessIsLeft() throws Exception {
        play(this::interrupt);
    }

    private void interrupt(Rounds round) throws Exception {
        Tool a = bench.run("a", bench.watch().command());
        bench.mayExpire(round, a, 1);
        CommandLife life = bench.watch().next(Tool.PATIENCE);
        List<Long> all = a.process().descendants().map(ProcessHandle::pid).toList();
        assertThat(all).as("supervisor, shell and its children").hasSizeGreaterThanOrEqualTo(4);
        a.signal("INT");
        assertThat(a.awaitExit()).isEqualTo(130);
        assertThat(life.ended()).isCompleted();
        assertThat(ProcessTable.read().stream().map(ProcessTable.Entry::pid)).doesNotContainAnyElementsOf(all);
    }
}
