package io.github.leaderlease.demo;

import io.github.leaderlease.demo.CommitWatch.Commit;
import java.time.Duration;
import java.util.List;

/**
 * What the play of the fence has shown: all of it from the database, but for the refusals, which leave nothing there.
 *
 * @param unfenced the rows of the table without the fence, in the order in which they were committed
 * @param fenced the rows of the table with the fence, likewise
 * @param terms the rows of {@code leader_term}, by token
 * @param refusals what the old leader's fences said
 * @param frozen how long the old leader was stopped
 */
record FenceEvidence(
        List<Commit> unfenced,
        List<Commit> fenced,
        List<TermRow> terms,
        List<NodeReport.Refused> refusals,
        Duration frozen) {}
