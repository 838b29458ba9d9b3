package dev.holdfast.it.rules;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.List;

/** The compiled product, without its tests. Imported once. */
final class HoldfastClasses {
    /** From the top of the line to its end; a module may import those behind it only. */
    static final List<String> LINE = List.of("cli", "server", "control", "connectors", "engine");

    static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(location -> !location.contains("test-classes") && !location.contains("-tests.jar"))
            .importPackages("dev.holdfast");

    private HoldfastClasses() {}

    static String packagesOf(String module) {
        return "dev.holdfast." + module + "..";
    }

    static String[] packagesOf(List<String> modules) {
        return modules.stream().map(HoldfastClasses::packagesOf).toArray(String[]::new);
    }
}
