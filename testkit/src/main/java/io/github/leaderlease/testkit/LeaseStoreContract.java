package io.github.leaderlease.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.TermKey;
import io.github.leaderlease.testkit.StoreTables.Table;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every lease store must do. A store's own test class extends this one and says how to open the store; both tables
 * are emptied before each test, and all stores are opened on the same ones.
 */
public abstract class LeaseStoreContract {

    private ContractBench bench;

    /** Called by subclasses only. */
    protected LeaseStoreContract() {}

    /**
     * Opens a store, on a connection of its own.
     *
     * @return a new store; the contract closes it
     */
    protected abstract LeaseStore open();

    /**
     * Opens a store on a connection that somebody has set up in the strangest way that its database allows: another time
     * zone, autocommit off, isolation level SERIALIZABLE, a lenient SQL mode. A store without connections returns
     * {@link #open()}.
     *
     * @return a new store; the contract closes it
     */
    protected abstract LeaseStore openOdd();

    /**
     * The tables behind the store.
     *
     * @return access with full rights
     */
    protected abstract StoreTables tables();

    /**
     * How many transaction ids the database has given out, where it counts them for writing transactions only.
     *
     * @return the count, or empty if this database has no such number
     */
    protected OptionalLong transactionIds() {
        return OptionalLong.empty();
    }

    /**
     * Whether the schema checks names; known not to on MySQL before 8.0.16.
     *
     * @return true unless this very server ignores CHECK constraints
     */
    protected boolean enforcesChecks() {
        return true;
    }

    @BeforeEach
    final void emptyTheTables() {
        tables().clear();
        bench = new ContractBench(this::open, tables());
    }

    @AfterEach
    final void closeTheStores() {
        bench.close();
    }

    @Test
    void acquireOpensATermAndTakesTheRow() {
        AcquireCases.opensATermAndTakesTheRow(bench);
    }

    @Test
    void acquireChangesNothingUnlessAllIsAsObserved() {
        AcquireCases.refusesWhatIsNotAsObserved(bench);
    }

    @Test
    void heirFollowsOnAReleasedTerm() {
        HeirCases.followsOnAReleasedTerm(bench);
    }

    @Test
    void heirChangesNothingUnlessTheObservedTermWasReleased() {
        HeirCases.refusesWhatWasNotReleased(bench);
    }

    @Test
    void heirOfAnotherIncarnationOrTermIsRefused() {
        HeirCases.refusesAnotherLifeOrTerm(bench);
    }

    @Test
    void heirOfWhatWasDeletedIsRefused() {
        HeirCases.refusesWhatWasDeleted(bench);
    }

    @Test
    void heirIsNamedInTheVacantRow() {
        HeirCases.isNamedInTheVacantRow(bench);
    }

    @Test
    void presenceShowsWhoStandsTheHeirFirst() {
        PresenceCases.showsWhoStandsTheHeirFirst(bench);
    }

    @Test
    void presencePassesOverWhoIsNotEligible() {
        PresenceCases.passesOverWhoIsNotEligible(bench);
    }

    @Test
    void presenceFindsAnHeirByItsName() {
        PresenceCases.findsAnHeirByItsName(bench);
    }

    @Test
    void presenceRanksThoseWhoWouldLeadNext() {
        PresenceCases.ranksThoseWhoWouldLeadNext(bench);
    }

    @Test
    void presenceNamesTheNextInARing() {
        PresenceCases.theHeirIsTheNextInARing(bench);
    }

    @Test
    void presenceForgetsWhoLeftAndWhoIsSilent() {
        PresenceCases.forgetsWhoLeftAndWhoIsSilent(bench);
    }

    @Test
    void presenceIsAnnouncedAgainAsItIsNow() {
        PresenceCases.isAnnouncedAgainAsItIsNow(bench);
    }

    @Test
    void presenceKnowsThousands() {
        PresenceCases.knowsThousands(bench);
    }

    @Test
    void presenceIsSweptOnceItWasSilentForLong() {
        PresenceCases.isSweptOnceItWasSilentForLong(bench);
    }

    @Test
    void oneOfManyHeirsWins() throws Exception {
        RaceCases.oneOfManyFollowsOnAReleasedTerm(bench);
    }

    @Test
    void acquireRefusesAnotherIncarnation() {
        AcquireCases.refusesAnotherLifeOfAVacantRow(bench);
    }

    @Test
    void acquireRefusesToInsertAfterHavingSeenARow() {
        AcquireCases.refusesToInsertAfterHavingSeenARow(bench);
    }

    @Test
    void acquireTakesOverWhenTheRowIsGoneButATermIsOpen() {
        AcquireCases.takesOverWhenTheRowIsGoneButATermIsOpen(bench);
    }

    @Test
    void acquireWhoseAnswerWasLostIsRefusedTheSecondTime() {
        AcquireCases.refusesTheSameAttemptTwice(bench);
    }

    @Test
    void schemaRefusesASecondOpenTerm() {
        AcquireCases.refusesASecondOpenTerm(bench);
    }

    @Test
    void tokensStartAtTheDatabasesClock() {
        AcquireCases.startsTokensAtTheDatabasesClock(bench);
    }

    @Test
    void tokensGoBeyondTheHighestEverSeen() {
        AcquireCases.goesBeyondTheHighestTokenEverSeen(bench);
    }

    @Test
    void tokensGrowThroughAllOperations() {
        AcquireCases.givesGrowingTokensThroughAllOperations(bench);
    }

    @Test
    void namesThatCouldBeMixedUpAreRefused() {
        assumeTrue(enforcesChecks(), "not applicable: this server does not enforce CHECK constraints");
        AcquireCases.refusesNamesThatCouldBeMixedUp(bench);
    }

    @Test
    void namesThatDifferByCaseAreDifferent() {
        AcquireCases.holdsNamesThatDifferByCaseForDifferent(bench);
    }

    @Test
    void oneOfSixteenTakesOverInEachOf200Rounds() throws Exception {
        RaceCases.oneOfManyTakesOver(bench);
    }

    @Test
    void oneOfSixteenWinsANewElection() throws Exception {
        RaceCases.oneOfManyWinsANewElection(bench);
    }

    @Test
    void releaseBeatsARenewalAtTheSameTime() throws Exception {
        RaceCases.releaseBeatsRenewal(bench);
    }

    @Test
    void candidateFrozenOnTheTermHoldsUpNobodyForLong() throws Exception {
        RaceCases.waitsForAFrozenCandidateOnlyWithinBounds(bench, Table.TERM);
    }

    @Test
    void candidateFrozenOnTheLeaseHoldsUpNobodyForLong() throws Exception {
        RaceCases.waitsForAFrozenCandidateOnlyWithinBounds(bench, Table.LEASE);
    }

    @Test
    void acquireOfManyOpensEachAsIfAlone() {
        BatchCases.opensEachAsIfAlone(bench);
    }

    @Test
    void releaseOfManyEndsEachAsIfAlone() {
        ManyReleasesCases.endsEachAsIfAlone(bench);
    }

    @Test
    void releaseOfManyLeavesAloneWhatIsNotItsOwnOrHeld() {
        ManyReleasesCases.leavesAloneWhatIsNotItsOwnOrHeld(bench);
    }

    @Test
    void readTellsWhyEachOfManyTermsHasEnded() {
        ManyReleasesCases.readTellsWhyEachHasEnded(bench);
    }

    @Test
    void acquireOfManyLeavesAloneWhatIsNotAsObservedOrHeld() {
        BatchCases.leavesAloneWhatIsNotAsObservedOrHeld(bench);
    }

    @Test
    void oneOfFourWinsEachOfMany() throws Exception {
        BatchCases.oneOfManyWinsEach(bench);
    }

    @Test
    void renewalsAreCounted() {
        RenewCases.countsRenewals(bench);
    }

    @Test
    void renewalByAFormerHolderChangesNothing() {
        RenewCases.refusesAFormerHolder(bench);
    }

    @Test
    void renewalSaysThatTheRowIsMissing() {
        RenewCases.saysThatTheRowIsMissing(bench);
    }

    @Test
    void renewalOf1200LeasesAtOnce() {
        RenewCases.renewsManyAtOnce(bench);
    }

    @Test
    void renewalTellsWhoIsAskedToStepDown() {
        RenewCases.tellsWhoIsAskedToStepDown(bench);
    }

    @Test
    void renewalSkipsALockedRowAndDelaysNobody() {
        RenewCases.skipsALockedRowAndDelaysNobody(bench);
    }

    @Test
    void aLockedRowIsNotWaitedFor() {
        RenewCases.aLockedRowIsNotWaitedFor(bench);
    }

    @Test
    void itsOwnSessionWasNotLeftBehind() {
        RenewCases.itsOwnSessionWasNotLeftBehind(bench);
    }

    @Test
    void renewalDoesNotTouchTheTerm() {
        RenewCases.renewsWhileATermIsLocked(bench);
    }

    @Test
    void releaseTellsWhyAndHappensOnce() {
        RenewCases.releasesOnce(bench);
    }

    @Test
    void releaseByAFormerHolderChangesNothing() {
        RenewCases.refusesAReleaseByAFormerHolder(bench);
    }

    @Test
    void readOfUnknownElectionsShowsNothing() {
        RenewCases.knowsNothingOfUnknownElections(bench);
    }

    @Test
    void readOf1200ElectionsAtOnce() {
        RenewCases.readsManyAtOnce(bench);
    }

    @Test
    void readShowsWhatHasChanged() {
        RenewCases.showsWhatHasChanged(bench);
    }

    @Test
    void renewalTellsWhichOfManyWereNotRenewed() {
        RenewCases.tellsWhichOfManyWereNotRenewed(bench);
    }

    @Test
    void readTellsWhyTheFollowedTermEnded() {
        RenewCases.tellsWhyTheFollowedTermEnded(bench);
    }

    @Test
    void readWritesNothing() {
        LeaseStore store = bench.store();
        TermKey followed = ContractBench.win(store, "job", "a");
        List<String> before = bench.everything();
        OptionalLong ids = transactionIds();
        for (int i = 0; i < 20; i++) {
            store.read(Map.of("job", followed.token(), "unknown", 0L));
        }
        assertThat(transactionIds()).as("transaction ids").isEqualTo(ids);
        assertThat(bench.everything()).isEqualTo(before);
    }

    @Test
    void oddConnectionSettingsChangeNothing() {
        try (ContractBench odd = new ContractBench(this::openOdd, tables())) {
            HostileSessionCases.all(odd, bench);
        }
    }
}
