package dev.holdfast.control.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChecksumTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"plain.gz", "with space", "back\\slash", "new\nline", "re\rturn", "caf\u00e9", "-c", "*"})
    void a_line_is_the_one_that_md5sum_and_sha256sum_write_and_check(String name) throws Exception {
        byte[] content = ("of " + name).getBytes(StandardCharsets.UTF_8);
        Files.write(folder.resolve(name), content);
        for (Checksum checksum : Checksum.values()) {
            String hex = HexFormat.of().formatHex(checksum.newDigest().digest(content));
            String line = checksum.line(hex, name);
            String tool = checksum.label() + "sum";

            Files.writeString(folder.resolve("list"), line);
            said(tool, "--strict", "-c", "list");
            assertThat(said(tool, "--", name)).isEqualTo(line);
        }
    }

    private String said(String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }
}
