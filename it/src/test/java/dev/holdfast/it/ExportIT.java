package dev.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What PostgreSQL's own programs make of an export. */
@ExtendWith(Stands.Provided.class)
class ExportIT {
    @Test
    void a_snapshot_comes_back_through_pg_restore_and_psql_alone(Stands stands) throws Exception {
        try (Stack stack = Stack.on(stands, "export")) {
            stack.database().fill(500);
            stack.uploads().fill(2);
            stack.describe(List.of(stack.databaseSource(), stack.folderSource()), List.of(stack.diskDestination()));
            stack.init();
            stack.backup();
            Map<String, String> rows = stack.database().fingerprint();

            Path archive = stack.home().resolve("shop.dump");
            Outcome exported = stack.json("export", "--output", "shop.dump").succeeded();
            assertThat(exported.text("file")).isEqualTo(archive.toString());
            assertThat(exported.number("fileBytes")).isEqualTo(Files.size(archive));
            stack.run("export", "--output", "shop.dump")
                    .failed(ErrorCode.FILE_UNWRITABLE)
                    .hinting("--overwrite");
            equal(stack, rows, "%1$s/pg_restore -e -j2 -d %2$s shop.dump");

            described(stack);

            String launcher = stands.launcher().toString();
            equal(stack, rows, launcher + " export --format sql -o - | %1$s/psql -X -q -v ON_ERROR_STOP=1 -d %2$s");
            equal(stack, rows, launcher + " export latest database -o - | %1$s/pg_restore -e -d %2$s");

            stack.run("export", "latest", "uploads", "--format", "custom", "-o", "x")
                    .failed(ErrorCode.USAGE)
                    .saying("'uploads' is a directory");
            assertThat(stack.home()).isDirectoryNotContaining("glob:**{.part,/x}");
        }
    }

    /** A manifest beside tells what a file is, and verify compares the rows. */
    private static void described(Stack stack) throws IOException {
        for (String format : List.of("custom", "sql.gz")) {
            Path file = stack.home().resolve("described");
            stack.run("export", "latest", "database", "--format", format, "--manifest", "-o", "described")
                    .succeeded();
            Path manifest = stack.home().resolve("described.manifest.json");
            JsonNode json = JsonMapper.shared().readTree(Files.readString(manifest));
            JsonNode tables = json.path("files").path(0).path("tables");
            assertThat(json.path("bytes").asLong()).isEqualTo(Files.size(file));
            assertThat(tables.size()).as(json.toString()).isPositive();

            assertThat(stack.run("verify", "described").succeeded().out())
                    .containsPattern("rows of [1-9][0-9]* of " + tables.size() + " tables of described.manifest.json");
            JsonNode orders = tables.valueStream()
                    .filter(table -> table.path("name").asString().equals("customers"))
                    .findFirst()
                    .orElseThrow();
            ((ObjectNode) orders).put("rows", orders.path("rows").asLong() + 1);
            Files.writeString(manifest, json.toString());
            Outcome damaged = stack.run("verify", "described");
            assertThat(damaged.exit()).as(damaged.toString()).isNotZero();
            assertThat(damaged.toString())
                    .contains("and described.manifest.json says "
                            + orders.path("rows").asLong());
            Files.delete(file);
            Files.delete(manifest);
        }
    }

    private static void equal(Stack stack, Map<String, String> rows, String restore) {
        Database copy = stack.database().beside("-copy");
        copy.server().createDatabase(copy.name());
        String command =
                restore.formatted(copy.server().binFolder(), copy.server().url(copy.name()));
        stack.other(List.of("bash", "-c", "set -o pipefail; " + command)).succeeded();
        assertThat(Fingerprints.differences(rows, copy.fingerprint()))
                .as(restore)
                .isEmpty();
        stack.equal(
                "latest",
                "--part",
                "database",
                "--with",
                "database=" + copy.server().url(copy.name()));
        copy.destroy();
    }
}
