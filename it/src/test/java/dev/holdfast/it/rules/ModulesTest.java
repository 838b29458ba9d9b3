package dev.holdfast.it.rules;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static dev.holdfast.it.rules.HoldfastClasses.ALL;
import static dev.holdfast.it.rules.HoldfastClasses.LINE;
import static dev.holdfast.it.rules.HoldfastClasses.packagesOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaPackage;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** cli → server → control → connectors → engine; demo stands alone. */
class ModulesTest {

    static Stream<String> modules() {
        return Stream.concat(LINE.stream(), Stream.of("demo"));
    }

    static Stream<String> line() {
        return LINE.stream();
    }

    @ParameterizedTest
    @MethodSource("modules")
    void the_rules_see_every_module(String module) {
        assertThat(ALL.stream().anyMatch(c -> c.getName().startsWith("dev.holdfast." + module + ".")))
                .as("classes of %s are on the class path of the rules", module)
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("line")
    void imports_follow_the_line_downwards_only(String module) {
        List<String> above = LINE.subList(0, LINE.indexOf(module));
        List<String> forbidden =
                Stream.concat(above.stream(), Stream.of("demo", "it", "bench")).toList();

        noClasses()
                .that()
                .resideInAPackage(packagesOf(module))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(packagesOf(forbidden))
                .check(ALL);
    }

    @Test
    void the_demo_imports_nothing_of_holdfast() {
        noClasses()
                .that()
                .resideInAPackage(packagesOf("demo"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(packagesOf(LINE))
                .check(ALL);
    }

    @Test
    void every_package_says_what_it_is_and_is_null_marked() {
        TreeSet<String> missing = new TreeSet<>();
        for (var type : ALL) {
            JavaPackage home = type.getPackage();
            if (!home.tryGetPackageInfo()
                    .filter(info -> info.isAnnotatedWith(NullMarked.class))
                    .isPresent()) {
                missing.add(home.getName());
            }
        }
        assertThat(missing)
                .as("packages without a @NullMarked package-info.java")
                .isEmpty();
    }
}
