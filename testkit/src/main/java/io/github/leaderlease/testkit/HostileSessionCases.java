package io.github.leaderlease.testkit;

import static io.github.leaderlease.testkit.ContractBench.look;
import static io.github.leaderlease.testkit.ContractBench.openTerm;
import static io.github.leaderlease.testkit.ContractBench.version;
import static io.github.leaderlease.testkit.ContractBench.win;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.LeaseStore.RenewResult;
import io.github.leaderlease.spi.TermKey;
import java.util.List;

/** A store on a connection with odd settings, beside one with ordinary ones. */
final class HostileSessionCases {

    private HostileSessionCases() {}

    static void all(ContractBench odd, ContractBench plain) {
        LeaseStore strange = odd.store();
        LeaseStore ordinary = plain.store();
        TermKey won = win(strange, "job", "a");
        assertThat(look(ordinary, "job"))
                .as("committed, and the same instant")
                .usingRecursiveComparison()
                .ignoringFields("lease.age")
                .isEqualTo(look(strange, "job"));
        assertThat(openTerm(ordinary, "job").startedAt().toEpochMilli())
                .isBetween(won.token() - 1000, won.token() + 60_000);
        assertThat(strange.renew(List.of(won))).containsEntry("job", RenewResult.RENEWED);
        assertThat(ordinary.renewOne(won)).isEqualTo(RenewResult.RENEWED);
        assertThat(version(strange, "job"))
                .as("sees what others commit")
                .isEqualTo(version(ordinary, "job"))
                .extracting("renewal")
                .isEqualTo(2L);
        TermKey taken = win(ordinary, "job", "b");
        assertThat(strange.renewOne(won)).isEqualTo(RenewResult.SUPERSEDED);
        assertThat(win(strange, "job", "a").token()).isGreaterThan(taken.token());
        assertThat(look(strange, "job", taken.token()).endReason()).isEqualTo("EXPIRED");
    }
}
