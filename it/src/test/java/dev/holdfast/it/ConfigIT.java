package dev.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.error.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a person reads who wrote a stack file with a mistake in it: whole messages, through the real program. */
@ExtendWith(Stands.Provided.class)
class ConfigIT {
    private static final String FILE = """
            stack: shop
            sources:
              uploads:
                directory:
                  path: uploads
            repository:
              destinations:
                disk:
                  local:
                    path: disk
            """;

    @Test
    void a_misspelt_key(Stands stands) throws Exception {
        told(stands, FILE.replace("path: disk", "paht: disk"), ErrorCode.CONFIGURATION_INVALID, """
                error: holdfast.yaml:9: missing key 'path' in 'repository.destinations.disk.local'
                       holdfast.yaml:10: unknown key 'repository.destinations.disk.local.paht'; did you mean 'path'?
                HINT: for example: local: {path: /var/backups/shop}
                """);
    }

    @Test
    void a_missing_value(Stands stands) throws Exception {
        told(stands, FILE.replace("path: uploads", "path:"), ErrorCode.CONFIGURATION_INVALID, """
                error: holdfast.yaml:5: missing value of 'sources.uploads.directory.path'
                HINT: for example: directory: {path: /srv/shop/uploads}
                """);
    }

    @Test
    void an_unknown_unit(Stands stands) throws Exception {
        told(stands, FILE + "  pack-size: 64 megs\n", ErrorCode.CONFIGURATION_INVALID, """
                error: holdfast.yaml:11: 'repository.pack-size' is '64 megs'; expected a number with one of the units B, kB, MB, GB, TB, KiB, MiB, GiB or TiB
                HINT: pack-size: 64MiB
                """);
    }

    @Test
    void two_mistakes_at_once(Stands stands) throws Exception {
        told(
                stands,
                FILE.replace("stack: shop", "stack: 'my shop'") + "  compression: best\n",
                ErrorCode.CONFIGURATION_INVALID,
                """
                error: holdfast.yaml:1: 'stack' is 'my shop'; expected a name of letters, digits, '.', '_' and '-', at most 63
                       holdfast.yaml:11: 'repository.compression' is 'best'; expected a whole number from -5 to 19
                HINT: for example: stack: shop
                HINT: compression: 1
                """);
    }

    @Test
    void a_variable_that_is_not_set(Stands stands) throws Exception {
        told(stands, FILE.replace("path: disk", "path: ${BACKUP_FOLDER}"), ErrorCode.CONFIGURATION_INVALID, """
                error: holdfast.yaml:10: environment variable 'BACKUP_FOLDER' is not set; 'repository.destinations.disk.local.path' needs it
                HINT: set it before, for example with: export BACKUP_FOLDER=...
                """);
    }

    @Test
    void no_file(Stands stands) throws Exception {
        try (Stack stack = Stack.on(stands, "config")) {
            Outcome outcome = stack.run("backup").failed(ErrorCode.CONFIGURATION_MISSING);

            outcome.saying("there is no stack file 'holdfast.yaml'").hinting("holdfast init --help");
        }
    }

    private static void told(Stands stands, String yaml, ErrorCode code, String message) throws Exception {
        try (Stack stack = Stack.on(stands, "config")) {
            stack.describe(yaml);

            Outcome outcome = stack.run("backup").failed(code);

            assertThat(outcome.err()).isEqualTo(message);
            assertThat(outcome.out()).isEmpty();
        }
    }
}
