package dev.holdfast.it.rules;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static dev.holdfast.it.rules.HoldfastClasses.ALL;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Each foreign thing has one room. */
class RoomsTest {
    private static final String DEMO = "dev.holdfast.demo..";
    private static final String IT = "dev.holdfast.it..";
    private static final String BENCH = "dev.holdfast.bench..";

    /** Exactly this package: commands below it are given what they need. */
    private static final String COMPOSITION_ROOT = "dev.holdfast.cli";

    static final DescribedPredicate<JavaAccess<?>> READS_THE_SYSTEM_CLOCK =
            DescribedPredicate.describe("it reads the system clock", RoomsTest::readsTheSystemClock);

    static final DescribedPredicate<JavaAccess<?>> ENDS_THE_PROCESS =
            DescribedPredicate.describe("it ends the process", RoomsTest::endsTheProcess);

    /** Each has its own tables in the catalog. */
    private static final String[] WITH_TABLES = {
        "dev.holdfast.control.catalog..", "dev.holdfast.control.run..", "dev.holdfast.control.stack.."
    };

    @Test
    void databases_are_touched_by_the_postgres_connector_and_rooms_with_tables_of_the_catalog_only() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.holdfast.connectors.postgres..", DEMO, IT, BENCH)
                .and()
                .resideOutsideOfPackages(WITH_TABLES)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.sql..")
                .check(ALL);
        onlyIn("dev.holdfast.connectors.postgres..", "org.postgresql..").check(ALL);
    }

    @Test
    void the_catalog_is_queried_by_control_only() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.holdfast.control..", DEMO, IT, BENCH)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.jdbi..", "org.flywaydb..", "com.zaxxer..")
                .check(ALL);
    }

    @Test
    void http_is_served_by_the_server_only() {
        onlyIn("dev.holdfast.server..", "io.javalin..", "jakarta.servlet..", "org.eclipse.jetty..")
                .check(ALL);
    }

    @Test
    void the_s3_client_is_touched_by_the_s3_connector_only() {
        onlyIn("dev.holdfast.connectors.s3..", "software.amazon..").check(ALL);
    }

    @Test
    void openpgp_is_touched_by_its_own_package_only() {
        onlyIn(
                        "dev.holdfast.connectors.pgp..",
                        "org.pgpainless..",
                        "org.bouncycastle.openpgp..",
                        "org.bouncycastle.bcpg..")
                .check(ALL);
    }

    @Test
    void the_terminal_is_touched_by_the_command_line_only() {
        onlyIn("dev.holdfast.cli..", "picocli..", "org.jline..").check(ALL);
    }

    @Test
    void there_is_one_way_to_log() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.util.logging..")
                .because("lines go through slf4j")
                .check(ALL);
    }

    @Test
    void the_time_is_given_and_never_fetched() {
        noClasses()
                .that()
                .resideOutsideOfPackages(COMPOSITION_ROOT, DEMO, IT, BENCH)
                .should()
                .accessTargetWhere(READS_THE_SYSTEM_CLOCK)
                .because("an InstantSource is injected by the composition root")
                .check(ALL);
    }

    @Test
    void only_the_edge_ends_the_process() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.holdfast.cli..", DEMO, IT, BENCH)
                .should()
                .accessTargetWhere(ENDS_THE_PROCESS)
                .check(ALL);
    }

    @Test
    void the_rules_recognise_what_they_forbid() {
        JavaClasses offender = new ClassFileImporter().importClasses(Offender.class);

        assertThat(noClasses()
                        .should()
                        .accessTargetWhere(READS_THE_SYSTEM_CLOCK)
                        .evaluate(offender)
                        .getFailureReport()
                        .getDetails())
                .hasSize(6);
        assertThat(noClasses()
                        .should()
                        .accessTargetWhere(ENDS_THE_PROCESS)
                        .evaluate(offender)
                        .getFailureReport()
                        .getDetails())
                .hasSize(2);
        assertThat(noClasses()
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("java.util.logging..")
                        .evaluate(offender)
                        .hasViolation())
                .isTrue();
    }

    private static ArchRule onlyIn(String room, String... foreignPackages) {
        return noClasses()
                .that()
                .resideOutsideOfPackages(room, DEMO, IT, BENCH)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(foreignPackages)
                .because("its room is " + room);
    }

    private static boolean readsTheSystemClock(JavaAccess<?> access) {
        JavaClass owner = access.getTargetOwner();
        String name = access.getTarget().getName();
        if (owner.isEquivalentTo(System.class)) {
            return name.equals("currentTimeMillis");
        }
        if (owner.isEquivalentTo(Clock.class)) {
            return name.startsWith("system") || (name.startsWith("tick") && !givenAClock(access));
        }
        if (owner.isEquivalentTo(InstantSource.class)) {
            return name.equals("system");
        }
        if (owner.isEquivalentTo(java.util.Date.class)) {
            return access.getTarget().getFullName().equals("java.util.Date.<init>()");
        }
        return owner.getPackageName().equals("java.time") && name.equals("now") && !givenAClock(access);
    }

    private static boolean givenAClock(JavaAccess<?> access) {
        return access.getTarget().getFullName().contains("java.time.Clock)")
                || access.getTarget().getFullName().contains("(java.time.Clock");
    }

    private static boolean endsTheProcess(JavaAccess<?> access) {
        JavaClass owner = access.getTargetOwner();
        return (owner.isEquivalentTo(System.class) || owner.isEquivalentTo(Runtime.class))
                && Set.of("exit", "halt").contains(access.getTarget().getName());
    }

    /** What nobody may write. Never run. */
    @SuppressWarnings({"unused", "JavaUtilDate", "JavaTimeDefaultTimeZone", "TimeZoneUsage"})
    private static final class Offender {
        private final java.util.logging.Logger logger = java.util.logging.Logger.getLogger("offender");
        private final Supplier<Instant> reference = Instant::now;

        Object clock() {
            return Set.of(
                    Instant.now(),
                    System.currentTimeMillis(),
                    Clock.systemUTC(),
                    InstantSource.system(),
                    new java.util.Date());
        }

        Object allowed(Clock given) {
            return Instant.now(given);
        }

        void exit(int code) {
            System.exit(code);
            Runtime.getRuntime().halt(code);
        }
    }
}
