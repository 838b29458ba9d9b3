package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What can be asked of the file of an export. */
class ExportCommandTest {
    private final Canned repository = new Canned();

    @TempDir
    private Path folder;

    private Started program = new Started(Path.of("/nowhere"), repository);

    @BeforeEach
    void start() throws IOException {
        Files.writeString(folder.resolve("holdfast.yaml"), """
                stack: shop
                sources: {media: {bucket: {bucket: media}}}
                repository: {destinations: {disk: {local: {path: /backups}}}}
                """);
        repository.snapshots = List.of(Canned.snapshot(
                Canned.FIRST, Map.of(), Canned.part("database", "postgres"), Canned.part("media", "bucket")));
        program = new Started(folder, repository);
        program.environment.put("HOLDFAST_PASSPHRASE", "four random words");
    }

    @Test
    void a_bucket_is_a_compressed_tar_archive_if_nothing_is_said() {
        assertThat(program.run("export", "latest", "media", "--output", "media.tar.gz", "--json"))
                .as(program.err())
                .isZero();
        assertThat(folder.resolve("media.tar.gz")).hasContent("media as Kept[format=TAR_GZ]");
        assertThat(program.out()).contains("\"format\":\"tar.gz\"", "\"kind\":\"bucket\"", "\"fileBytes\":28");
    }

    @Test
    void the_only_part_that_fits_is_meant_also_to_standard_output() {
        assertThat(program.run("export", "--format", "zip", "--output", "-"))
                .as(program.err())
                .isZero();
        assertThat(program.out()).isEqualTo("media as Kept[format=ZIP]");
    }

    @Test
    void digests_lie_beside_and_are_not_replaced_unless_that_is_asked_for() throws Exception {
        String[] command = {"export", "--format", "sql.zst", "-o", "x", "--checksum", "sha256", "--checksum", "md5"};
        assertThat(program.run(command)).as(program.err()).isZero();
        assertThat(folder.resolve("x.sha256")).hasContent(digest("SHA-256") + "  x\n");
        assertThat(folder.resolve("x.md5")).hasContent(digest("MD5") + "  x\n");

        Files.delete(folder.resolve("x"));
        assertThat(program.run(command)).isEqualTo(63);
        assertThat(program.err()).containsPattern("x\\.(md5|sha256)' exists already");
        assertThat(folder.resolve("x")).doesNotExist();
        assertThat(program.run("export", "-o", "x", "--checksum", "md5", "--overwrite"))
                .isZero();
        assertThat(folder.resolve("x.md5")).hasContent(digest("MD5") + "  x\n");
        assertThat(folder).isDirectoryNotContaining("glob:**.part");
    }

    private String digest(String algorithm) throws IOException, NoSuchAlgorithmException {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance(algorithm).digest(Files.readAllBytes(folder.resolve("x"))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--format rar -o x                     | there is no format 'rar'",
                "--format tar.gz --compress 9 -o x     | --compress is for custom, sql and roles",
                "--format sql.gz --create -o x         | --create is for --format sql",
                "--format tree -o -                    | is a folder of many files",
                "--format tree --checksum md5 -o x     | is a folder of many files",
                "--format tree --encrypt-to k -o x     | is a folder of many files",
                "--checksum md5 -o -                   | standard output has no name",
                "--manifest -o -                       | --manifest writes a file beside, and standard output has no name",
                "--format tree --manifest -o x         | is a folder of many files",
                "--checksum crc -o x                   | crc",
                "--sign-with k -o x                    | nothing is",
                "--sign-passphrase-file k -o x         | which is not given",
                "--checksum md5 --all -o x             | with --all",
                "--sign-with a --all -o x              | signs what is encrypted",
                "--format tar --to-places              | with --to-places",
            })
    void what_cannot_be_meant_is_refused(String arguments, String told) {
        assertThat(program.run(("export " + arguments).split(" ")))
                .as(program.err())
                .isEqualTo(2);
        assertThat(program.err()).contains(told);
        assertThat(folder.resolve("x")).doesNotExist();
    }

    @Test
    void a_format_for_other_parts_is_refused_with_those_for_this_one() {
        assertThat(program.run("export", "latest", "media", "--format", "custom", "-o", "x"))
                .isEqualTo(2);
        assertThat(program.err())
                .contains("part 'media' is a bucket, which cannot be exported as custom")
                .contains("HINT: say --format tar, tar.gz, tar.zst, zip or tree.");
    }

    @Test
    void keys_and_passphrases_that_are_not_there_are_told_before_anything_is_read() throws IOException {
        assertThat(program.run("export", "-o", "x", "--encrypt-passphrase-file", "missing"))
                .isNotZero();
        assertThat(program.err()).contains("missing");
        Files.write(folder.resolve("empty"), "".getBytes(StandardCharsets.UTF_8));
        assertThat(program.run("export", "-o", "x", "--encrypt-passphrase-file", "empty"))
                .isNotZero();
        assertThat(folder.resolve("x")).doesNotExist();
    }
}
