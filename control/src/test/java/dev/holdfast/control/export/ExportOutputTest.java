package dev.holdfast.control.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.connectors.files.LocalExportFile;
import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.Secret;
import dev.holdfast.control.export.ExportOutput.Sidecar;
import dev.holdfast.control.wiring.InstalledConnectors;
import dev.holdfast.engine.error.AlreadyExists;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportOutputTest {
    private static final Protection PASSPHRASE =
            new Protection(List.of(), Optional.of(new Secret("four words")), Optional.empty(), Optional.empty());

    @TempDir
    private Path folder;

    private ExportOutput output(Protection protection, boolean overwrite) {
        ExportPlaces places = new InstalledConnectors(
                        folder, new Environment(Map.of()), InstantSource.fixed(Instant.parse("2026-11-20T00:00:00Z")))
                .exportPlaces();
        List<Sidecar> sidecars = Stream.of(Checksum.values())
                .map(checksum -> new Sidecar(
                        checksum, "x.tar", new LocalExportFile(folder.resolve("x.tar." + checksum.label()), overwrite)))
                .toList();
        return new ExportOutput(
                places,
                new LocalExportFile(folder.resolve("x.tar"), overwrite),
                protection,
                sidecars,
                Optional.empty());
    }

    private long write(ExportOutput output) {
        try (ExportOutput file = output) {
            file.preflight();
            file.write("hello".getBytes(StandardCharsets.US_ASCII), 0, 5);
            if (file.changeable()) {
                file.patch(1, new byte[] {'a'});
            }
            file.commit();
            return file.bytes();
        }
    }

    private void sumsAreRight(long bytes) throws IOException {
        byte[] content = Files.readAllBytes(folder.resolve("x.tar"));
        assertThat(bytes).isEqualTo(content.length);
        for (Checksum checksum : Checksum.values()) {
            assertThat(folder.resolve("x.tar." + checksum.label()))
                    .hasContent(HexFormat.of().formatHex(checksum.newDigest().digest(content)) + "  x.tar\n");
        }
        assertThat(folder).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void digests_beside_are_those_of_the_file_that_lies_there_even_if_it_was_changed_behind() throws IOException {
        sumsAreRight(write(output(Protection.NONE, false)));
        assertThat(folder.resolve("x.tar")).hasContent("hallo");
    }

    @Test
    void digests_of_an_encrypted_file_are_those_of_what_is_encrypted() throws IOException {
        sumsAreRight(write(output(PASSPHRASE, false)));
        assertThat(new String(Files.readAllBytes(folder.resolve("x.tar")), StandardCharsets.ISO_8859_1))
                .doesNotContain("hello");
    }

    @Test
    void a_sidecar_that_is_there_is_told_before_anything_is_written_and_replaced_only_with_leave() throws IOException {
        Path mine = Files.writeString(folder.resolve("x.tar.sha256"), "mine");
        try (ExportOutput file = output(Protection.NONE, false)) {
            assertThatThrownBy(file::preflight).isInstanceOf(AlreadyExists.class);
        }
        assertThat(mine).hasContent("mine");
        assertThat(folder).isDirectoryNotContaining("glob:**{.part,x.tar}");

        sumsAreRight(write(output(Protection.NONE, true)));
    }

    @Test
    void without_a_commit_there_is_neither_file_nor_digest() {
        try (ExportOutput file = output(Protection.NONE, false)) {
            file.preflight();
            file.write(new byte[5], 0, 5);
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void a_name_that_the_tools_escape_is_escaped() {
        assertThat(Checksum.MD5.line("00", "a b.tar")).isEqualTo("00  a b.tar\n");
        assertThat(Checksum.MD5.line("00", "a\\b\n.tar")).isEqualTo("\\00  a\\\\b\\n.tar\n");
    }
}
