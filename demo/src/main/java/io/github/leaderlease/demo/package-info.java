/**
 * {@code leader-lease demo}: plays an election of real processes on a real database, kills leaders, and judges from the
 * nodes' own reports whether the guarantees held. {@link io.github.leaderlease.demo.DemoCommand} sets the stage,
 * {@code Play} is the script, {@code NodeMain} is what each node runs, {@code Verdict} judges. The second act, {@code demo
 * --fence}, has a script and a verdict of its own, {@code FencePlay} and {@code FenceVerdict}, on the same stage.
 */
@NullMarked
package io.github.leaderlease.demo;

import org.jspecify.annotations.NullMarked;
