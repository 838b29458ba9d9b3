package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.WrongKey;
import dev.holdfast.engine.repository.RepositoryKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class MainTest {
    private static final String STACK = """
            stack: shop
            sources:
              uploads:
                directory:
                  path: uploads
            repository:
              destinations:
                disk:
                  local:
                    path: /backups
            """;

    private final Canned repository = new Canned();

    @TempDir
    private Path folder;

    private Started program;

    @BeforeEach
    void start() throws IOException {
        Files.writeString(folder.resolve("holdfast.yaml"), STACK);
        program = new Started(folder, repository);
        program.environment.put("HOLDFAST_PASSPHRASE", "four random words");
    }

    static List<String> commands() {
        return Commands.names();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void every_command_has_a_help_with_examples_and_exit_codes(String command) {
        assertThat(program.run(command, "--help")).isZero();
        assertThat(program.out())
                .contains("Usage: holdfast " + command)
                .contains("Examples:\n  holdfast " + command)
                .contains("Exit codes: 0 ")
                .contains("--json");
        assertThat(program.out().lines()).allMatch(line -> line.length() <= 110);
        assertThat(program.err()).isEmpty();
    }

    @Test
    void the_help_lists_every_command_and_every_exit_code() {
        assertThat(program.run("--help")).isZero();
        String help = program.out();

        assertThat(Commands.names()).allSatisfy(name -> assertThat(help).contains("\n  " + name + " "));
        String codes = help.substring(help.indexOf("Exit codes:"));
        for (ErrorCode code : ErrorCode.values()) {
            assertThat(codes).containsPattern("\\b" + code.number() + "  ");
        }
        assertThat(program.run()).isZero();
        assertThat(program.out()).isEqualTo(help);
        assertThat(program.run("help", "backup")).isZero();
        assertThat(program.out()).contains("Usage: holdfast backup");
    }

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void a_failure_is_told_with_its_hint_and_ends_with_its_number(ErrorCode code) {
        repository.failure = new Failed(code, "something happened to 'it'", "do something.");

        assertThat(program.run("snapshots")).isEqualTo(code.number());
        assertThat(program.err()).startsWith("error: something happened to 'it'\nHINT: do something.\n");
        assertThat(program.out()).isEmpty();
    }

    @Test
    void a_failure_is_a_document_where_documents_are_wanted() {
        repository.failure = new WrongKey(ErrorCode.WRONG_KEY, "the passphrase does not open it", "look for another.");

        assertThat(program.run("snapshots", "--json")).isEqualTo(21);
        assertThat(program.out())
                .isEqualTo(
                        "{\"command\":\"snapshots\",\"ok\":false,\"error\":{\"code\":\"wrong-key\",\"number\":21,\"message\":\"the passphrase does not open it\",\"hint\":\"look for another.\"}}\n");
    }

    @Test
    void a_fault_of_the_program_is_99_and_leaves_a_trace() {
        assertThat(program.run("backup")).isEqualTo(99);
        assertThat(program.err())
                .startsWith(
                        "error: unexpected: IllegalStateException: the disk is on fire\nHINT: please report it with")
                .contains("This is a fault of Holdfast, not of your data.");

        assertThat(program.run("backup", "--verbose")).isEqualTo(99);
        assertThat(program.err()).contains("\tat dev.holdfast.");
    }

    @Test
    void what_is_not_understood_is_told_with_what_was_meant() {
        assertThat(program.run("bakcup")).isEqualTo(2);
        assertThat(program.err())
                .isEqualTo(
                        "error: unmatched argument at index 0: 'bakcup'\nHINT: did you mean backup? 'holdfast --help' explains it.\n");
        assertThat(program.run("show")).isEqualTo(2);
        assertThat(program.err())
                .isEqualTo(
                        "error: missing required parameter: 'SNAPSHOT'\nHINT: 'holdfast show --help' explains it.\n");
        assertThat(program.run("backup", "--jsno", "--json")).isEqualTo(2);
        assertThat(program.out())
                .startsWith("{\"command\":\"backup\",\"ok\":false,\"error\":{\"code\":\"usage\",\"number\":2,");
    }

    @Test
    void an_error_of_the_stack_file_names_the_file_as_it_was_given() throws IOException {
        Files.writeString(folder.resolve("holdfast.yaml"), STACK.replace("path: uploads", "paht: uploads"));

        assertThat(program.run("snapshots")).isEqualTo(10);
        assertThat(program.err()).isEqualTo("""
                        error: holdfast.yaml:4: missing key 'path' in 'sources.uploads.directory'
                               holdfast.yaml:5: unknown key 'sources.uploads.directory.paht'; did you mean 'path'?
                        HINT: for example: directory: {path: /srv/shop/uploads}
                        """);
    }

    @Test
    void the_stack_file_is_named_by_option_or_by_variable() throws IOException {
        Files.move(folder.resolve("holdfast.yaml"), folder.resolve("shop.yaml"));

        assertThat(program.run("snapshots")).isEqualTo(11);
        assertThat(program.err()).startsWith("error: there is no stack file 'holdfast.yaml'\n");
        assertThat(program.run("snapshots", "-f", "shop.yaml")).isZero();
        program.environment.put("HOLDFAST_FILE", folder.resolve("shop.yaml").toString());
        assertThat(program.run("snapshots")).isZero();
    }

    @Test
    void snapshots_are_a_table() {
        assertThat(program.run("snapshots")).isZero();
        assertThat(program.out()).isEqualTo("""
                        SNAPSHOT                    TIME                     STACK    SIZE  STORED  PARTS  LABELS
                        01jd00000000000000000000aa  2026-11-20 05:00:00 UTC  shop   201 MB  1.2 MB  media
                        01jd10000000000000000000bb  2026-11-20 05:00:00 UTC  shop   201 MB  1.2 MB  media  version=1.4.2
                        """);
        assertThat(program.err()).isEmpty();
    }

    @Test
    void a_repository_needs_no_stack_file() throws IOException {
        Files.delete(folder.resolve("holdfast.yaml"));
        program.environment.put("HOLDFAST_RECOVERY_CODE", "abcd-efgh");

        assertThat(program.run("snapshots", "--repository", "/backups")).isZero();
        assertThat(repository.keys).containsExactly(new RepositoryKey.RecoveryCode("abcd-efgh"));
        assertThat(program.run("snapshots", "--repository", "/backups", "-f", "x"))
                .isEqualTo(2);
    }

    @Test
    void a_passphrase_is_asked_for_at_a_terminal_only() {
        program.environment.clear();

        assertThat(program.run("snapshots")).isEqualTo(12);
        assertThat(program.err())
                .startsWith("error: there is no passphrase for the repository\nHINT: set HOLDFAST_PASSPHRASE");

        program.present = true;
        program.answers.add("typed words");
        assertThat(program.run("snapshots")).isZero();
        assertThat(repository.keys).containsExactly(new RepositoryKey.Passphrase("typed words"));
    }

    @Test
    void an_init_shows_the_recovery_code_once_in_a_frame() {
        assertThat(program.run("init")).isZero();
        assertThat(program.out())
                .startsWith("Made repository 0123456789abcdef0123456789abcdef: disk\n\n+---")
                .contains("|     abcd-efgh-jkmn-pqrs   ");
        assertThat(program.out().lines().filter(line -> line.startsWith("|")))
                .allMatch(line -> line.length() == 76 && line.endsWith("|"));
    }

    @Test
    void an_init_asks_twice_for_a_new_passphrase() {
        program.environment.clear();
        program.present = true;
        program.answers.add("typed words");
        program.answers.add("typed wrods");

        assertThat(program.run("init")).isEqualTo(2);
        assertThat(program.err()).contains("error: the two passphrases are not the same\n");
    }

    @Test
    void a_recovery_code_file_is_private_and_never_written_over_another() throws IOException {
        assertThat(program.run("init", "--recovery-code-file", "code")).isZero();
        Path code = folder.resolve("code");
        assertThat(code).hasContent("abcd-efgh-jkmn-pqrs\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(code)))
                .isEqualTo("rw-------");
        assertThat(program.out()).doesNotContain("abcd-efgh");

        assertThat(program.run("init", "--recovery-code-file", "code")).isEqualTo(63);
        assertThat(repository.keys).hasSize(1);
    }

    @Test
    void a_snapshot_is_forgotten_after_yes_or_the_typed_word_and_not_otherwise() {
        assertThat(program.run("forget", "01jd0")).isEqualTo(81);
        assertThat(program.err())
                .isEqualTo(
                        "error: snapshots would be forgotten: 01jd00000000000000000000aa, and that was not confirmed\nHINT: add --yes.\n");

        program.present = true;
        program.answers.add("yes");
        assertThat(program.run("forget", "01jd0")).isEqualTo(81);

        program.answers.add("forget");
        assertThat(program.run("forget", "01jd0")).isZero();
        assertThat(program.err())
                .isEqualTo(
                        "Snapshot 01jd00000000000000000000aa can never be restored again.\nType 'forget' to go on: \n");
        assertThat(program.run("forget", "01jd1", "--yes")).isZero();
        assertThat(program.out())
                .isEqualTo(
                        "Forgot 01jd10000000000000000000bb of 2026-11-20 05:00:00 UTC\n0 snapshots are left; 'holdfast prune' frees the space.\n");
    }

    @Test
    void snapshots_are_pinned_listed_and_released() {
        assertThat(program.run("pin")).isZero();
        assertThat(program.out()).isEqualTo("No snapshot is pinned.\n");
        assertThat(program.run("pin", "01jd0", "latest")).isZero();
        assertThat(program.out()).isEqualTo("""
                        Pinned: 01jd00000000000000000000aa of stack 'shop', 2026-11-20 05:00:00 UTC
                        Pinned: 01jd10000000000000000000bb of stack 'shop', 2026-11-20 05:00:00 UTC
                        """);
        assertThat(program.run("pin", "--release", "01jd1", "--json")).isZero();
        assertThat(program.out()).contains("\"pinned\":[\"01jd00000000000000000000aa\"]");
        assertThat(program.run("pin", "01jd0", "nothing")).isEqualTo(26);
        assertThat(program.run("pin", "--release")).isEqualTo(2);
        assertThat(program.err()).contains("HINT: name the snapshots to release.");
    }

    @Test
    void check_sync_and_prune_are_told_in_a_few_lines() {
        assertThat(program.run("check")).isZero();
        assertThat(program.out()).isEqualTo("""
                        Looked at 2 snapshots, 3 packs and 4 chunks; read 5 B, structure only (--read-data reads all)
                        Destination 'disk' is complete: /backups
                        All is well.
                        """);
        assertThat(program.run("sync")).isZero();
        assertThat(program.out()).isEqualTo("Copied 3 objects, 64.0 MB\nDestination 'disk' is complete: /backups\n");
        assertThat(program.run("prune", "--dry-run")).isZero();
        assertThat(program.out()).isEqualTo("""
                        Would free 50.0 MB of 201 MB at each destination: 4 of 10 packs deleted, 1 rewritten
                        2 snapshots kept, 1 removed
                        """);
    }

    @Test
    void a_snapshot_is_shown_with_its_parts() {
        assertThat(program.run("show", "latest")).isZero();
        assertThat(program.out()).isEqualTo("""
                        Snapshot 01jd10000000000000000000bb of stack 'shop'
                        began 2026-11-20 05:00:00 UTC, committed 2026-11-20 05:00:42 UTC, on host, by version 0.1.0
                        labels version=1.4.2

                        PART   KIND    ENTRIES    SIZE  STORED  FROM
                        media  bucket    3,000  201 MB  1.2 MB  the media
                        """);
        assertThat(program.run("show", "latest", "mdeia")).isEqualTo(27);
        assertThat(program.run("show", "zzzz", "--json")).isEqualTo(26);
        assertThat(program.out()).contains("\"code\":\"snapshot-missing\"");
    }

    @Test
    void an_export_to_standard_output_is_that_alone() {
        repository.snapshots = List.of(Canned.snapshot(Canned.FIRST, Map.of(), Canned.part("database", "postgres")));

        assertThat(program.run("export", "--format", "sql", "--create", "--output", "-"))
                .as(program.err())
                .isZero();
        assertThat(program.out()).isEqualTo("database as Sql[level=0, create=true]");
        assertThat(program.err())
                .contains("Exported 12 entries (3.4 kB) of 'database' as sql, 37 B to standard output");

        assertThat(program.run("export", "--output", "-", "--json")).isEqualTo(2);
        assertThat(program.run("export", "--output", "x", "--create")).isEqualTo(2);
        assertThat(program.run("export", "--output", "x", "--compress", "10")).isEqualTo(2);
        assertThat(program.run("export")).isEqualTo(2);
        assertThat(program.run("export", "--output", "x", "--format", "rar")).isEqualTo(2);
        assertThat(folder.resolve("x")).doesNotExist();
    }

    @Test
    void an_export_to_a_file_is_told_and_not_written_over_another() {
        repository.snapshots = List.of(Canned.snapshot(Canned.FIRST, Map.of(), Canned.part("database", "postgres")));

        assertThat(program.run("export", "latest", "database", "-o", "x.dump", "--json"))
                .as(program.err())
                .isZero();
        assertThat(folder.resolve("x.dump")).hasContent("database as Archive[level=6]");
        assertThat(program.out())
                .contains(
                        "\"command\":\"export\",\"ok\":true",
                        "\"format\":\"custom\"",
                        "\"entries\":12",
                        "\"bytes\":3400")
                .contains("\"file\":\"" + folder.resolve("x.dump") + "\"", "\"fileBytes\":28");
        assertThat(program.run("export", "-o", "x.dump")).isEqualTo(63);
        assertThat(program.err()).contains("exists already", "--overwrite");
        assertThat(program.run("export", "-o", "x.dump", "--overwrite", "--format", "roles"))
                .isZero();
        assertThat(folder.resolve("x.dump")).hasContent("database as Roles[level=0]");
    }

    @Test
    void the_demo_belongs_to_the_launcher() {
        assertThat(program.run("demo")).isEqualTo(2);
        assertThat(program.err()).startsWith("error: the demo is started by the launcher\n");
    }

    @Test
    void the_version_names_the_format() {
        assertThat(program.run("version")).isZero();
        assertThat(program.out()).startsWith("holdfast ").endsWith("repository format 1\n");
        assertThat(program.run("--version", "--json")).isZero();
        assertThat(program.out()).startsWith("{\"command\":\"version\",\"ok\":true,\"version\":\"");
    }
}
