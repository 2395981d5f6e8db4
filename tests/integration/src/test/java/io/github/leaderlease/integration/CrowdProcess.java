package io.github.leaderlease.integration;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** A {@link Crowd}, seen from the test. */
final class CrowdProcess implements AutoCloseable {

    private static final Duration ANSWER = Duration.ofSeconds(30);

    /**
     * What a crowd has done and knows.
     *
     * @param lowest token of the leaders that its nodes know of; 0 if one knows none
     * @param led how many elections each node leads
     */
    record Tally(long reads, long attempts, long renewals, long lowest, long highest, List<Integer> led) {}

    private final ChildProcess child;
    private int tallies;

    private CrowdProcess(ChildProcess child) {
        this.child = child;
    }

    static CrowdProcess start(
            String url, String user, String password, String name, int coordinators, int elections, Duration ttl)
            throws IOException {
        return new CrowdProcess(ChildProcess.start(
                Crowd.class,
                url,
                user,
                password,
                name,
                Integer.toString(coordinators),
                Integer.toString(elections),
                Long.toString(ttl.toMillis())));
    }

    void awaitReady(Duration bound) throws InterruptedException {
        child.awaitTold("ready", bound);
    }

    Tally tally() throws IOException, InterruptedException {
        child.command("tally");
        String[] words = child.awaitTold("tally " + tallies++ + " ", ANSWER).split(" ");
        long[] numbers =
                Stream.of(words).skip(2).limit(5).mapToLong(Long::parseLong).toArray();
        List<Integer> led = Stream.of(words[7].split(",")).map(Integer::valueOf).toList();
        return new Tally(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], led);
    }

    /** Its threads of ours, without those that run listeners. */
    int threads() throws IOException, InterruptedException {
        child.command("threads");
        String words = child.awaitTold("threads ", ANSWER);
        return Integer.parseInt(words.substring("threads ".length()));
    }

    /** To the database this is a crash of that node. */
    void cut(int node) throws IOException {
        child.command("cut " + node);
    }

    void resign(int node) throws IOException {
        child.command("resign " + node);
    }

    void kill() throws IOException, InterruptedException {
        child.signal("KILL");
        child.exit(ANSWER);
    }

    @Override
    public void close() {
        child.close();
    }
}
