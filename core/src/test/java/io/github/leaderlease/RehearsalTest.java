package io.github.leaderlease;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is played at the start is what happens later: a rehearsal that gets stuck would warm nothing up. */
final class RehearsalTest {

    @Test
    void theLeaderChangesAsOftenAsItShould() {
        assertThat(new Rehearsal().changesLeader(20)).isTrue();
    }
}
