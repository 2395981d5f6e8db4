package io.github.leaderlease.benchmark.lab;

import org.apache.curator.test.TestingServer;

/** ZooKeeper as curator-test brings it, in a process of its own. */
public final class ZooKeeperMain {

    private ZooKeeperMain() {}

    /**
     * Runs it until it is killed.
     *
     * @param args the port
     */
    public static void main(String[] args) throws Exception {
        try (TestingServer server = new TestingServer(Integer.parseInt(args[0]), true)) {
            System.err.println("ZooKeeper at " + server.getConnectString());
            Thread.currentThread().join();
        }
    }
}
