package dev.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.error.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** Backups that other tools made, by those tools' own commands, are found, proven, restored and imported. */
@ExtendWith(Stands.Provided.class)
class AdoptIT {
    private static final String SECRET = "over the hills";

    @Test
    void backups_of_other_tools_are_listed_restored_and_imported_as_snapshots(Stands stands) throws Exception {
        try (Stack stack = Stack.on(stands, "adopt")) {
            stack.database().fill(300);
            stack.uploads().fill(2);
            String name = stack.database().name();
            Path old = Files.createDirectories(stack.folder().resolve("old"));
            dumps(stack, old, name);
            Map<String, String> first = stack.database().fingerprint();
            stack.database().grow(50);
            dump(stack, old, "-Fc", "backup/" + name + "_2025-01-16T02:00:00.dump");
            Map<String, String> second = stack.database().fingerprint();
            describe(stack, old);
            // the socket of a server has to fit into a short path, and its account has to get there
            Path spool = Files.createTempDirectory("hf");
            Shell.run("chmod", "755", spool.toString());
            AutoCloseable swept = () -> Shell.run("rm", "-rf", spool.toString());
            stack.closing(swept);
            stack.environment().put("HOLDFAST_SPOOL", spool.toString());
            stack.init();

            listed(stack, name);
            verified(stack);
            Database copy = stack.database().beside("-copy");
            restored(stack, copy, name, first, second);
            imported(stack, copy, name, first);
        }
    }

    @Test
    void folders_and_archives_of_files_are_proven_restored_and_imported(Stands stands) throws Exception {
        try (Stack stack = Stack.on(stands, "adopt-folders")) {
            stack.database().fill(200);
            stack.uploads().fill(2);
            Path old = Files.createDirectories(stack.folder().resolve("old"));
            Path tree = old.resolve("minio/20251211_020000");
            sh(
                    Files.createDirectories(tree),
                    "mkdir -p media/in docs && seq 1 90000 > media/a && seq 1 9 > media/in/b && echo x > 'docs/ü x'"
                            + " && (cd media && sha256sum a > a.sha256)");
            Path home = Files.createDirectories(stack.folder().resolve("g"));
            Shell.run("chmod", "700", home.toString());
            sh(
                    old,
                    "tar -cf - -C minio/20251211_020000 . | zstd -q | gpg --homedir '" + home
                            + "' --batch -q --pinentry-mode loopback --passphrase '" + SECRET
                            + "' --symmetric -o uploads_2025-12-12_02-00-00.tar.zst.gpg"
                            + " && tar -czf uploads_2025-12-13_02-00-00.tar.gz -C minio/20251211_020000 ."
                            + " && head -c 90000 uploads_2025-12-13_02-00-00.tar.gz > uploads_2025-12-14_02-00-00.tar.gz");
            Path zipped = old.resolve("minio/20251211_020000");
            sh(zipped, "zip -qr ../../things_2025-12-15_02-00-00.zip .");
            String name = stack.database().name();
            String folder = name + "_2025-12-16_02-00-00";
            dump(stack, old, "-Fd", folder);
            sh(
                    old,
                    "tar -czf " + packed(name, 17) + ".tar.gz " + folder + " && zip -qr " + packed(name, 18) + ".zip "
                            + folder);
            Map<String, String> first = stack.database().fingerprint();
            stack.describe(List.of(stack.databaseSource(), stack.folderSource()), List.of(stack.diskDestination()));
            Files.writeString(
                    stack.home().resolve("holdfast.yaml"),
                    "adopted: {old: {local: {path: '" + old + "'}, passphrase: '" + SECRET + "', zone: UTC}}\n",
                    StandardOpenOption.APPEND);
            Path spool = Files.createTempDirectory("hf");
            Shell.run("chmod", "755", spool.toString());
            AutoCloseable swept = () -> Shell.run("rm", "-rf", spool.toString());
            stack.closing(swept);
            stack.environment().put("HOLDFAST_SPOOL", spool.toString());
            stack.init();

            JsonNode verified =
                    stack.json("adopt", "old", "--verify", "--restore").json();
            assertThat(verified.path("backups").size()).as(verified.toString()).isEqualTo(8);
            assertThat(verified.path("failed").asInt()).as(verified.toString()).isEqualTo(1);
            assertThat(named(verified, "minio/20251211_020000").path("proven").toString())
                    .contains("checksums beside 1 files");
            List<String> dumps = List.of(folder, packed(name, 17) + ".tar.gz", packed(name, 18) + ".zip");
            assertThat(dumps)
                    .allSatisfy(dump -> assertThat(
                                    named(verified, dump).path("rows").asLong())
                            .isEqualTo(named(verified, folder).path("rows").asLong())
                            .isPositive());

            foldersRestored(stack, old, tree, dumps, first);
            foldersImported(stack, tree, folder, first);
            sh(tree, "echo y >> media/a");
            stack.json("adopt", "old", "--verify", "minio/20251211_020000").failed(ErrorCode.DAMAGED);
            sh(spool, "[ -z \"$(find . -name 'unpacked-*')\" ]");
        }
    }

    /** The same dump, packed on a later day. */
    private static String packed(String name, int day) {
        return name + "_2025-12-" + day + "_02-00-00";
    }

    private static void foldersRestored(
            Stack stack, Path old, Path tree, List<String> dumps, Map<String, String> first) {
        Path target = stack.folder().resolve("restored");
        for (String backup : List.of(
                "minio/20251211_020000",
                "uploads_2025-12-12_02-00-00.tar.zst.gpg",
                "uploads_2025-12-13_02-00-00.tar.gz",
                "things_2025-12-15_02-00-00.zip")) {
            String to = "files=" + target;
            stack.json("restore", "--from", "old", backup, "--to", to, "--dry-run")
                    .succeeded();
            assertThat(target).doesNotExist();
            stack.json("restore", "--from", "old", backup, "--to", to).succeeded();
            sh(old, "diff -r '" + tree + "' '" + target + "'");
            stack.json("restore", "--from", "old", backup, "--to", to).failed(ErrorCode.DIRECTORY_NOT_EMPTY);
            sh(old, "rm -r '" + target + "'");
        }
        stack.json("restore", "--from", "old", "uploads_2025-12-14_02-00-00.tar.gz", "--to", "files=" + target)
                .failed(ErrorCode.DAMAGED);
        assertThat(target).doesNotExist();
        for (String dump : dumps) {
            Database copy = stack.database().beside("-folder");
            stack.json(
                            "restore",
                            "--from",
                            "old",
                            dump,
                            "--to",
                            "copy=" + copy.server().url(copy.name()))
                    .succeeded();
            same(first, copy);
            copy.destroy();
        }
    }

    private static void foldersImported(Stack stack, Path tree, String folder, Map<String, String> first) {
        JsonNode imported = stack.json("adopt", "old", "--import", "--all").json();
        assertThat(imported.path("failed").asInt()).as(imported.toString()).isEqualTo(1);
        assertThat(named(imported, "minio/20251211_020000").path("part").asString())
                .isEqualTo("minio");
        assertThat(named(imported, "things_2025-12-15_02-00-00.zip")
                        .path("part")
                        .asString())
                .isEqualTo("things");
        assertThat(named(imported, folder).path("part").asString()).isEqualTo("database");
        List<String> snapshots = stack.snapshots();
        assertThat(snapshots).hasSize(7);
        JsonNode again = stack.json("adopt", "old", "--import", "--all").json();
        assertThat(again.path("backups").findValuesAsString("outcome"))
                .containsExactlyInAnyOrder("there", "there", "there", "there", "there", "there", "there", "failed");
        assertThat(stack.snapshots()).isEqualTo(snapshots);
        for (String backup : List.of(
                "minio/20251211_020000",
                "uploads_2025-12-12_02-00-00.tar.zst.gpg",
                "uploads_2025-12-13_02-00-00.tar.gz",
                "things_2025-12-15_02-00-00.zip")) {
            JsonNode one = named(imported, backup);
            String snapshot = one.path("snapshot").asString();
            String part = one.path("part").asString();
            assertThat(part).isEqualTo(backup.startsWith("uploads") ? "uploads" : part);
            JsonNode shown = stack.json("show", snapshot).succeeded().json();
            assertThat(shown.toString()).contains("2025-12-1", "imported-sha256", "imported-file");
            Path target = stack.folder().resolve("again");
            Outcome restored = stack.json("restore", snapshot, "--to", part + "=" + target);
            assertThat(restored.exit()).as(restored.toString()).isIn(0, 3);
            sh(tree, "diff -r . '" + target + "' && rm -r '" + target + "'");
        }
        Database copy = stack.database().beside("-imported");
        String snapshot = named(imported, folder).path("snapshot").asString();
        Outcome restored = stack.json(
                "restore", snapshot, "--to", "database=" + copy.server().url(copy.name()));
        assertThat(restored.exit()).as(restored.toString()).isIn(0, 3);
        same(first, copy);
        copy.destroy();
    }

    @Test
    void a_bucket_with_more_than_a_thousand_backups_is_listed_whole_and_app_never_takes_app_test(Stands stands)
            throws Exception {
        try (Stack stack = Stack.on(stands, "adopted-bucket")) {
            stack.uploads().fill(2);
            stack.remote().create();
            byte[] dump = "-- PostgreSQL database dump\n".getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < 1_050; i++) {
                stack.remote()
                        .put(
                                "backup/app_%d-%02d-%02dT02:00:00.dump"
                                        .formatted(2000 + i / 336, 1 + i / 28 % 12, 1 + i % 28),
                                dump);
            }
            stack.remote().put("backup/app_test_2030-01-01T02:00:00.dump", dump);
            stack.describe(List.of(stack.folderSource()), List.of(stack.diskDestination()));
            Files.writeString(
                    stack.home().resolve("holdfast.yaml"),
                    "adopted: {old: {s3: {" + stack.s3().keys(stack.remote().name())
                            + ", prefix: backup/}, zone: UTC}}\n",
                    StandardOpenOption.APPEND);

            JsonNode all = stack.json("adopt", "old").json();
            assertThat(all.path("backups").size()).isEqualTo(1_051);
            JsonNode tests =
                    stack.json("adopt", "old", "--database", "app_test").json();
            assertThat(tests.path("backups").size()).isEqualTo(1);
            JsonNode apps = stack.json("adopt", "old", "--database", "app").json();
            assertThat(apps.path("backups").size()).isEqualTo(1_050);
            apps.path("backups")
                    .forEach(
                            backup -> assertThat(backup.path("name").asString()).doesNotContain("test"));
        }
    }

    /** As postgres-backup-s3 and postgres-backup-local do it, with what goes wrong there. */
    private static void dumps(Stack stack, Path old, String name) throws Exception {
        Files.createDirectories(old.resolve("backup"));
        Files.createDirectories(old.resolve("last"));
        Files.createDirectories(old.resolve("daily"));
        dump(stack, old, "-Fc", "backup/" + name + "_2025-01-15T02:00:00.dump");
        Path home = Files.createDirectories(stack.folder().resolve("g"));
        Shell.run("chmod", "700", home.toString());
        sh(
                old,
                "gpg --homedir '" + home + "' --batch -q --pinentry-mode loopback --passphrase '" + SECRET
                        + "' --symmetric -o backup/" + name + "_2025-01-14T02:00:00.dump.gpg backup/" + name
                        + "_2025-01-15T02:00:00.dump");
        dump(stack, old, "-Fp", "plain.sql");
        sh(
                old,
                "gzip -c plain.sql > last/" + name + "-20250113-020000.sql.gz && rm plain.sql && ln -f last/" + name
                        + "-20250113-020000.sql.gz daily/" + name + "-latest.sql.gz && ln -sf " + name
                        + "-20250113-020000.sql.gz last/" + name
                        + "-latest.sql.gz && head -c $(( $(stat -c %s daily/*.gz) / 2 )) last/" + name
                        + "-20250113-020000.sql.gz > last/" + name + "-20250117-020000.sql.gz && : > last/" + name
                        + "-20250118-020000.sql.gz");
        dump(stack, old, "-Fc", "backup/" + name + "_test_2026-01-15T02:00:00.dump");
    }

    private static void dump(Stack stack, Path old, String format, String file) {
        Database database = stack.database();
        sh(
                old,
                "'" + database.server().binFolder() + "/pg_dump' " + format + " -f '" + file + "' '"
                        + database.server().url(database.name()) + "'");
    }

    private static void describe(Stack stack, Path old) throws Exception {
        stack.describe(List.of(stack.databaseSource()), List.of(stack.diskDestination()));
        Files.writeString(
                stack.home().resolve("holdfast.yaml"),
                "adopted: {old: {local: {path: '" + old + "'}, passphrase: '" + SECRET + "', zone: UTC}}\n",
                StandardOpenOption.APPEND);
    }

    private static void listed(Stack stack, String name) {
        JsonNode listed = stack.json("adopt", "old").json();
        assertThat(listed.path("backups").size()).as(listed.toString()).isEqualTo(7);
        JsonNode empty = listed.path("backups").get(1);
        assertThat(empty.path("name").asString()).isEqualTo("last/" + name + "-20250118-020000.sql.gz");
        assertThat(empty.path("state").asString()).isEqualTo("unusable");
        // it is called _test, and what is in it says that it is not
        assertThat(listed.path("findings").toString()).contains(name + "_test").contains("believed");
        JsonNode local = named(listed, "last/" + name + "-20250113-020000.sql.gz");
        assertThat(local.path("also").size()).isEqualTo(1);
        assertThat(local.path("layers").toString()).isEqualTo("[\"gzip\"]");
        JsonNode sealed = named(listed, "backup/" + name + "_2025-01-14T02:00:00.dump.gpg");
        assertThat(sealed.path("layers").toString()).isEqualTo("[\"openpgp\"]");
        assertThat(sealed.path("format").asString()).isEqualTo("custom");
        assertThat(sealed.path("database").asString()).isEqualTo(name);
    }

    private static JsonNode named(JsonNode listed, String name) {
        for (JsonNode backup : listed.path("backups")) {
            if (backup.path("name").asString().equals(name)) {
                return backup;
            }
        }
        throw new AssertionError(name + " is not in " + listed);
    }

    private static void verified(Stack stack) {
        JsonNode verified = stack.json("adopt", "old", "--verify").json();
        assertThat(verified.path("failed").asInt()).as(verified.toString()).isEqualTo(2);
        verified.path("backups")
                .forEach(backup -> assertThat(backup.path("outcome").asString())
                        .as(backup.toString())
                        .isEqualTo(backup.path("name").asString().matches(".*2025011[78].*") ? "failed" : "whole"));
    }

    private static void restored(
            Stack stack, Database copy, String name, Map<String, String> first, Map<String, String> second) {
        String url = "copy=" + copy.server().url(copy.name());
        String latest = "backup/" + name + "_2025-01-16T02:00:00.dump";
        stack.json("restore", "--from", "old", latest, "--to", url, "--dry-run").succeeded();
        assertThat(copy.exists()).isFalse();
        JsonNode done = stack.json("restore", "--from", "old", latest, "--to", url)
                .succeeded()
                .json();
        assertThat(done.path("rows").asLong()).isPositive();
        same(second, copy);

        stack.json("restore", "--from", "old", latest, "--to", url).failed(ErrorCode.DATABASE_EXISTS);
        String cut = "last/" + name + "-20250117-020000.sql.gz";
        stack.json("restore", "--from", "old", cut, "--to", url, "--overwrite", "--yes")
                .failed(ErrorCode.DAMAGED);
        same(second, copy);

        String script = "last/" + name + "-20250113-020000.sql.gz";
        stack.json("restore", "--from", "old", script, "--to", url, "--overwrite", "--yes", "--drop-old")
                .succeeded();
        same(first, copy);
        copy.destroy();
    }

    private static void imported(Stack stack, Database copy, String name, Map<String, String> first) {
        stack.backup();
        String own = stack.snapshots().getLast();
        String sealed = "backup/" + name + "_2025-01-14T02:00:00.dump.gpg";
        String script = "last/" + name + "-20250113-020000.sql.gz";
        String cut = "last/" + name + "-20250117-020000.sql.gz";

        JsonNode planned = stack.json("adopt", "old", "--import", sealed, script, "--dry-run")
                .json();
        assertThat(planned.path("failed").asInt()).as(planned.toString()).isZero();
        assertThat(stack.snapshots()).containsExactly(own);

        JsonNode imported =
                stack.json("adopt", "old", "--import", sealed, script, cut).json();
        assertThat(imported.path("failed").asInt()).as(imported.toString()).isEqualTo(1);
        List<String> snapshots = stack.snapshots();
        assertThat(snapshots).hasSize(3).endsWith(own);
        JsonNode again = stack.json("adopt", "old", "--import", sealed, script).json();
        assertThat(again.path("backups").findValuesAsString("outcome")).containsOnly("there");
        assertThat(stack.snapshots()).isEqualTo(snapshots);

        for (String snapshot : snapshots.subList(0, 2)) {
            JsonNode shown = stack.json("show", snapshot).succeeded().json();
            assertThat(shown.toString()).contains("2025-01-1", "imported-sha256", "imported-file");
            String target = "database=" + copy.server().url(copy.name());
            Outcome restored = stack.json("restore", snapshot, "--to", target);
            assertThat(restored.exit()).as(restored.toString()).isIn(0, 3);
            stack.equal(snapshot, "--with", target);
            same(first, copy);
            copy.destroy();
        }
        String roles = stack.database()
                .query("SELECT coalesce(string_agg(rolname, ','), '') FROM pg_roles"
                        + " WHERE rolname LIKE 'holdfast_scratch%'");
        assertThat(roles).isEmpty();
    }

    private static void same(Map<String, String> expected, Database copy) {
        assertThat(Fingerprints.differences(expected, copy.fingerprint())).isEmpty();
    }

    private static void sh(Path folder, String script) {
        Shell.run("bash", "-c", "set -o pipefail; cd '" + folder + "' && " + script);
    }
}
