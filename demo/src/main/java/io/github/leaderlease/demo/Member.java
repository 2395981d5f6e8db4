package io.github.leaderlease.demo;

/**
 * One process of the demo: a node that was killed comes back as another process under the same name.
 *
 * @param start counts the processes of this node, from 1
 */
record Member(String node, int start) {

    Member again() {
        return new Member(node, start + 1);
    }

    @Override
    public String toString() {
        return start == 1 ? node : node + " (start " + start + ")";
    }
}
