package io.github.leaderlease;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaConstructorCall;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.github.leaderlease.spi.Scheduler;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What keeps the protocol testable: one place knows real time, the rules know neither time nor JDBC, nothing calls up. */
final class ArchitectureTest {

    private static final String API = "io.github.leaderlease";
    private static final String SPI = "io.github.leaderlease.spi";
    private static final String JDBC = "io.github.leaderlease.jdbc";
    static final JavaClasses CORE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(API);

    private static final Set<String> CLOCK_METHODS = Set.of("nanoTime", "currentTimeMillis");

    private static final Class<?>[] RULES = {
        FollowerRules.class, LeaderRules.class, HeirRules.class, EligibilityRules.class
    };

    /** The values that they work on. */
    private static final Class<?>[] VALUES = {
        Handover.class,
        Transition.class,
        ElectionState.class,
        Observation.class,
        ReadAnswer.class,
        Jitter.class,
        PollSchedule.class,
        Pace.class,
        Watch.class,
        Watching.class,
        Role.class,
        Cooldown.class,
        Timing.class
    };

    /** What works in the user's transactions, on their threads and connections. */
    private static final Class<?>[] FENCE = {
        HeldTerm.class,
        Leadership.class,
        Fences.class,
        FenceChecks.class,
        OpenFences.class,
        FencedTransactions.class,
        Borrowing.class,
        FencedConnection.class,
        WorkerFence.class
    };

    /** What opens connections, and what their errors may say. */
    private static final Class<?>[] CONNECTIONS = {
        StoreOpener.class,
        ConnectionSource.class,
        UrlDataSource.class,
        Secrets.class,
        NotificationListener.class,
        LeaseCoordinator.class
    };

    private static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(ArchitectureTest::outermost).orElse(type);
    }

    private static DescribedPredicate<JavaClass> notWithin(Class<?>... places) {
        return describe(
                "are not within " + Arrays.toString(places),
                type -> Arrays.stream(places).noneMatch(place -> outermost(type).isEquivalentTo(place)));
    }

    private static DescribedPredicate<JavaClass> within(Class<?>... places) {
        return DescribedPredicate.not(notWithin(places)).as("are within " + Arrays.toString(places));
    }

    private static void check(ArchRule rule) {
        rule.check(CORE);
    }

    @Test
    void onlyTheSchedulerReadsAClock() {
        DescribedPredicate<JavaMethodCall> clock = describe("read a clock", call -> {
            JavaClass owner = call.getTargetOwner();
            String method = call.getTarget().getName();
            return (owner.isEquivalentTo(System.class) && CLOCK_METHODS.contains(method))
                    || (owner.getPackageName().equals("java.time") && method.equals("now"))
                    || owner.isAssignableTo(Clock.class);
        });
        check(noClasses().that(notWithin(SystemScheduler.class)).should().callMethodWhere(clock));
        check(noClasses().should().callMethod(Instant.class, "now"));
    }

    @Test
    void nobodySleeps() {
        check(noClasses()
                .should()
                .callMethodWhere(
                        describe("sleep", call -> call.getTarget().getName().equals("sleep"))));
    }

    @Test
    void threadsAreStartedInNamedPlacesOnly() {
        DescribedPredicate<JavaConstructorCall> thread =
                describe("create a thread", call -> call.getTargetOwner().isAssignableTo(Thread.class));
        check(noClasses()
                .that(notWithin(SystemScheduler.class, ShutdownHook.class))
                .should()
                .callConstructorWhere(thread));
    }

    @Test
    void theRulesKnowNeitherTimeNorJdbc() {
        check(noClasses()
                .that(within(RULES).or(within(VALUES)))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "org.jdbi.."));
        check(noClasses()
                .that(within(RULES).or(within(VALUES)))
                .should()
                .dependOnClassesThat()
                .areAssignableTo(Scheduler.class));
        check(noClasses()
                .that(within(RULES).or(within(VALUES)))
                .should()
                .dependOnClassesThat(
                        within(Engine.class, Candidate.class, NodeRuntime.class, Lane.class, EventQueue.class)));
    }

    /** Whatever a rule calls, through any handle that it was given: what it decides depends on what it was told alone. */
    @Test
    void noRuleReachesAClock() {
        Deque<JavaCodeUnit> next = new ArrayDeque<>();
        Stream.of(RULES).forEach(rules -> next.addAll(CORE.get(rules).getCodeUnits()));
        Set<JavaCodeUnit> reached = new HashSet<>();
        while (!next.isEmpty()) {
            JavaCodeUnit unit = next.remove();
            if (reached.add(unit)) {
                unit.getCallsFromSelf()
                        .forEach(call -> call.getTarget().resolveMember().ifPresent(next::add));
            }
        }
        assertThat(reached).as("what rules call").hasSizeGreaterThan(100);
        assertThat(reached)
                .filteredOn(unit ->
                        unit.getOwner().isAssignableTo(Scheduler.class) || CLOCK_METHODS.contains(unit.getName()))
                .isEmpty();
    }

    @Test
    void theRulesAreStateless() {
        check(classes()
                .that(within(RULES))
                .should()
                .haveOnlyFinalFields()
                .andShould()
                .haveOnlyPrivateConstructors());
    }

    @Test
    void storesKnowNoElectionAndNoEngine() {
        check(noClasses()
                .that()
                .resideInAnyPackage(SPI, JDBC)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(API));
        check(noClasses()
                .that()
                .resideInAPackage(SPI)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(JDBC));
    }

    @Test
    void theEngineReachesTheDatabaseThroughTheStoreOnly() {
        check(noClasses()
                .that()
                .resideInAPackage(API)
                .and(notWithin(CONNECTIONS))
                .and(notWithin(FENCE))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.sql..", "org.jdbi.."));
    }

    @Test
    void stateIsAssignedInOnePlace() {
        DescribedPredicate<JavaAccess<?>> elsewhere = describe(
                "assign a candidate's state elsewhere",
                access ->
                        !Set.of("commit", "<init>").contains(access.getOrigin().getName()));
        check(noClasses()
                .should()
                .setFieldWhere(elsewhere
                        .<com.tngtech.archunit.core.domain.JavaFieldAccess>forSubtype()
                        .and(describe(
                                "named state",
                                access -> access.getTargetOwner().isEquivalentTo(Candidate.class)
                                        && access.getTarget().getName().equals("state")))));
    }

    @Test
    void classesAreFinal() {
        check(classes()
                .that()
                .areNotInterfaces()
                .and()
                .areNotAnonymousClasses()
                .and(describe("are not enums", type -> !type.isEnum()))
                .should()
                .haveModifier(JavaModifier.FINAL));
    }

    @Test
    void noClassIsNamedAfterNothing() {
        check(noClasses()
                .should()
                .haveNameMatching(".*\\.(Abstract|Default)[A-Z].*|.*(Manager|Helper|Utils|Impl|Common)(\\$.*)?"));
    }

    @Test
    void thereAreNoOtherPackages() {
        check(classes().should().resideInAnyPackage(Stream.of(API, SPI, JDBC).toArray(String[]::new)));
    }
}
