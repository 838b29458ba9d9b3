package dev.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** Backups of other tools that are in a bucket or at another server, encrypted to a key; and test restores that are ended. */
@ExtendWith(Stands.Provided.class)
class BackupsElsewhereIT {
    private static final String KEY_PASSPHRASE = "far away";

    @Test
    void what_is_encrypted_to_a_key_is_proven_restored_and_imported_from_a_bucket_and_another_server(Stands stands)
            throws Exception {
        try (Stack stack = spooled(stands, "elsewhere");
                Sshd server = Sshd.in(stack.folder().resolve("sshd"))) {
            stack.database().fill(100);
            Map<String, String> content = stack.database().fingerprint();
            Path old = Files.createDirectories(stack.folder().resolve("nas/old"));
            String file = stack.database().name() + "_2025-01-15T02:00:00.dump.gpg";
            sealed(stack, old, file);
            stack.remote().create();
            stack.remote().put("old/" + file, Files.readAllBytes(old.resolve(file)));
            stack.remote().put("old/" + file + ".sha256", Files.readAllBytes(old.resolve(file + ".sha256")));

            addressed(stack, server, old, file);
            named(stack, server, old);
            for (String place : List.of("nas", "cloud")) {
                JsonNode whole = stack.json("adopt", place, "--verify", "--restore")
                        .succeeded()
                        .json()
                        .path("backups")
                        .path(0);
                assertThat(whole.path("outcome").asString()).isEqualTo("whole");
                assertThat(whole.path("rows").asLong()).isPositive();
                Database copy = stack.database().beside("-" + place);
                stack.json(
                                "restore",
                                "--from",
                                place,
                                "latest",
                                "--to",
                                "copy=" + copy.server().url(copy.name()))
                        .succeeded();
                assertThat(Fingerprints.differences(content, copy.fingerprint()))
                        .isEmpty();
                copy.destroy();
            }
            stack.init();
            stack.json("adopt", "nas", "--import", "--all").succeeded();
            assertThat(stack.snapshots()).hasSize(1);
            // the same file, by its SHA-256
            assertThat(stack.json("adopt", "cloud", "--import", "--all")
                            .succeeded()
                            .json()
                            .path("backups")
                            .findValuesAsString("outcome"))
                    .containsExactly("there");
        }
    }

    /** The socket of a server has to fit into a short path, and its account has to get there. */
    private static Stack spooled(Stands stands, String name) throws IOException {
        Stack stack = Stack.on(stands, name);
        Path spool = Files.createTempDirectory("hf");
        Shell.run("chmod", "755", spool.toString());
        AutoCloseable swept = () -> Shell.run("rm", "-rf", spool.toString());
        stack.closing(swept);
        stack.environment().put("HOLDFAST_SPOOL", spool.toString());
        return stack;
    }

    private static void sealed(Stack stack, Path folder, String file) throws IOException {
        Path ring = stack.folder().resolve("g");
        Shell.run("mkdir", "-p", "-m", "700", ring.toString());
        String gpg = "gpg --homedir '" + ring + "' --batch -q --pinentry-mode loopback --passphrase '" + KEY_PASSPHRASE
                + "' ";
        try {
            sh(
                    folder,
                    gpg + "--quick-generate-key ops default default never && " + gpg
                            + "--armor --export-secret-keys ops > '"
                            + stack.home().resolve("ops.key") + "' && "
                            + dump(stack, "-Fc") + " | " + gpg + "--trust-model always -e -r ops -o '" + file
                            + "' && sha256sum '" + file + "' > '" + file + ".sha256'");
        } finally {
            Shell.run("gpgconf", "--homedir", ring.toString(), "--kill", "all");
        }
        Files.writeString(stack.home().resolve("key-passphrase"), KEY_PASSPHRASE + "\n");
    }

    private static String dump(Stack stack, String format) {
        return "'" + stack.database().server().binFolder() + "/pg_dump' " + format + " -d '"
                + stack.database().server().url(stack.database().name()) + "'";
    }

    /** By addresses alone, with keys from the environment. */
    private static void addressed(Stack stack, Sshd server, Path old, String file) {
        stack.environment().put("SFTP_KEY", server.key().toString());
        stack.environment().put("SFTP_KNOWN_HOSTS", server.knownHosts().toString());
        stack.environment().put("S3_ENDPOINT", stack.s3().endpoint().toString());
        stack.environment().put("AWS_ACCESS_KEY_ID", stack.s3().accessKey());
        stack.environment().put("AWS_SECRET_ACCESS_KEY", stack.s3().secretKey());
        String bucket = "s3://" + stack.remote().name() + "/old";
        for (String place : List.of(server.url(old), bucket)) {
            stack.run("verify", place).failed(ErrorCode.SECRET_MISSING);
            stack.run("verify", place + "/" + file).failed(ErrorCode.SECRET_MISSING);
            Outcome proven = stack.json(
                            "verify", place, "--restore", "--key", "ops.key", "--key-passphrase-file", "key-passphrase")
                    .succeeded();
            assertThat(proven.number("restored")).isEqualTo(1);
            assertThat(proven.json().path("files").get(0).path("compared").toString())
                    .contains("SHA-256 of " + file + ".sha256");
            stack.json("verify", place + "/" + file, "--key", "ops.key", "--key-passphrase-file", "key-passphrase")
                    .succeeded();
            stack.run("verify", place + "/no-such.dump", "--key", "ops.key").failed(ErrorCode.STORE_OBJECT_MISSING);
        }
        stack.run("verify", bucket, "--key", "ops.key").failed(ErrorCode.WRONG_KEY);
    }

    private static void named(Stack stack, Sshd server, Path old) throws IOException {
        stack.describe(List.of(stack.databaseSource()), List.of(stack.diskDestination()));
        String opening = "secret-key: '" + stack.home().resolve("ops.key") + "', key-passphrase: '" + KEY_PASSPHRASE
                + "', zone: UTC";
        String nas = server.destination("nas", old);
        Files.writeString(
                stack.home().resolve("holdfast.yaml"),
                "adopted:\n  " + nas.substring(0, nas.length() - 1) + ", " + opening + "}\n  cloud: {s3: {"
                        + stack.s3().keys(stack.remote().name()) + ", prefix: old/}, " + opening + "}\n",
                StandardOpenOption.APPEND);
    }

    @Test
    void a_test_restore_that_is_ended_or_killed_leaves_no_server_and_no_folder(Stands stands) throws Exception {
        try (Stack stack = spooled(stands, "ended")) {
            stack.database().fill(20);
            Path spool = Path.of(stack.environment().get("HOLDFAST_SPOOL"));
            Path file = stack.home().resolve("long.sql");
            sh(stack.home(), "{ echo 'SELECT pg_sleep(600);'; " + dump(stack, "-Fp") + "; } > long.sql");
            for (String signal : List.of("TERM", "INT", "KILL")) {
                try (Running running = stack.start("verify", file.toString(), "--restore")) {
                    Until.met(
                            "it restores",
                            () -> running.ended() || processes(spool).contains("SELECT"));
                    running.signal(signal);
                    Outcome outcome = running.outcome();
                    assertThat(outcome.exit()).as(outcome.toString()).isNotZero();
                }
                Until.met("the server is gone", () -> processes(spool).isEmpty());
                if (!signal.equals("KILL")) {
                    assertThat(sh(spool, "find . -name PG_VERSION")).as(signal).isEmpty();
                }
            }
            Until.met(
                    "its folder is gone",
                    () -> sh(spool, "find . -name PG_VERSION").isEmpty());
        }
    }

    /** The commands of all processes that work in a folder, or below it. */
    private static String processes(Path folder) {
        return Shell.tried(
                "bash",
                "-c",
                "for p in /proc/[0-9]*; do case \"$(readlink $p/cwd 2>/dev/null)\" in '" + folder
                        + "'/*) tr '\\0' ' ' < $p/cmdline; echo;; esac; done 2>/dev/null");
    }

    private static String sh(Path folder, String script) {
        return Shell.run("bash", "-c", "set -o pipefail; cd '" + folder + "' && " + script);
    }
}
