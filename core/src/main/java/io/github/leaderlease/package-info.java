/**
 * Leader election on the relational database that the application already has.
 *
 * <p>Nodes put themselves up for a named <em>election</em>. The first to write the election's row in
 * {@code leader_lease} holds the <em>lease</em> and leads for one <em>term</em>; it renews the lease by a heartbeat.
 * When it stops, the lease runs out and the next term begins. Two facts decide everything, and both are logical: a
 * compare-and-set on the version of the lease row, and the one open row in {@code leader_term}. Time is only ever a
 * duration, measured by one process on its own clocks:
 *
 * <pre>
 *  leader    |t0 renew sent ........ t0 + TTL - margin: isLeader() turns false, whatever else hangs
 *  follower       |answer received that showed this renewal ...... + 1.02 x TTL: a read that is sent now and
 *                  still shows it proves that nobody renewed; then compare-and-set
 * </pre>
 *
 * <p>The leader's time starts before the follower's and is shorter, so the two never overlap, however long any message
 * took and whatever the database's clock says.
 *
 * <p>How it runs: one thread, the engine, owns all state and never blocks. Store calls run on two lanes, each a thread
 * with a connection of its own, and answer to the engine. Pure rules turn a state and an answer into the next state;
 * {@code Candidate.commit} is the only place that assigns it. Listeners and jobs run on other threads, never on these.
 */
@NullMarked
package io.github.leaderlease;

import org.jspecify.annotations.NullMarked;
