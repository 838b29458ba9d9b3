package dev.holdfast.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.connectors.dump.DumpFile;
import dev.holdfast.connectors.dump.DumpReader;
import dev.holdfast.connectors.dump.DumpReport;
import dev.holdfast.demo.stand.PrivatePostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Dumps as people's own commands make them.
 *
 * @param folder in which they are made
 * @param database of which they are made
 */
public record ForeignDumps(Path folder, PrivatePostgres server, String database) {
    /** Makes one with a shell command, in which {@code $OUT} is its name; gpg has keys of its own there. */
    public Path made(String name, String command) {
        Path file = folder.resolve(name);
        Path said = folder.resolve("said");
        try {
            ProcessBuilder builder = new ProcessBuilder("bash", "-euo", "pipefail", "-c", command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile());
            builder.environment()
                    .putAll(Map.of(
                            "OUT",
                            file.toString(),
                            "PGHOST",
                            "127.0.0.1",
                            "PGPORT",
                            Integer.toString(server.port()),
                            "PGUSER",
                            PrivatePostgres.SUPERUSER,
                            "PGPASSWORD",
                            server.password(),
                            "PGDATABASE",
                            database,
                            "GNUPGHOME",
                            Files.createDirectories(folder.resolve("gnupg")).toString()));
            Process process = builder.start();
            process.getOutputStream().close();
            int exit = process.waitFor(60, TimeUnit.SECONDS) ? process.exitValue() : -1;
            assertThat(exit).as("%s: %s", command, Files.readString(said)).isZero();
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** SQL in which something was changed since. */
    Path edited(String name, String from, String to) {
        try {
            Path plain = made(name, "pg_dump -f $OUT");
            String text = Files.readString(plain);
            assertThat(text).contains(from);
            return Files.writeString(plain, text.replace(from, to));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static DumpFile file(Path file) {
        try {
            return DumpFile.open(Files.newInputStream(file), file.toString(), Optional.empty());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static InputStream opened(Path file) {
        return file(file).content();
    }

    static DumpReport read(Path file) {
        try (DumpFile opened = file(file)) {
            return DumpReader.read(opened);
        }
    }

    /** One that is a single file. */
    static TrialDump trial(Path file) {
        DumpReport report = read(file);
        return new TrialDump(report.kind(), report.database().orElseThrow(), () -> opened(file), file.toString());
    }
}
