package dev.holdfast.connectors.pgp;

import dev.holdfast.connectors.files.Shell;
import dev.holdfast.connectors.pgp.OpenPgpEncryption.KeyText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The real gpg, with a key ring of its own. */
final class Gpg implements AutoCloseable {
    private final Path home;

    Gpg() throws IOException {
        home = Files.createTempDirectory(
                "gpg", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    String run(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "gpg",
                "--homedir",
                home.toString(),
                "--batch",
                "--yes",
                "--pinentry-mode",
                "loopback",
                "--trust-model",
                "always"));
        command.addAll(Arrays.asList(arguments));
        return Shell.run(command.toArray(String[]::new));
    }

    /** Makes a key for encrypting and signing. */
    void make(String name, String passphrase, String... kinds) throws Exception {
        String[] kind = kinds.length == 0 ? new String[] {"default", "default", "never"} : kinds;
        run("--passphrase", passphrase, "--quick-generate-key", name, kind[0], kind[1], kind[2]);
    }

    KeyText certificate(String name, boolean armored) throws Exception {
        return exported(name, "--export", armored, "");
    }

    KeyText secretKey(String name, String passphrase) throws Exception {
        return exported(name, "--export-secret-keys", true, passphrase);
    }

    private KeyText exported(String name, String option, boolean armored, String passphrase) throws Exception {
        Path file = home.resolve("exported");
        List<String> arguments = new ArrayList<>(List.of("--passphrase", passphrase, "--output", file.toString()));
        if (armored) {
            arguments.add("--armor");
        }
        arguments.addAll(List.of(option, name));
        run(arguments.toArray(String[]::new));
        return new KeyText("'" + name + "'", Files.readAllBytes(file));
    }

    byte[] decrypted(byte[] encrypted, String passphrase) throws Exception {
        Path in = Files.write(home.resolve("in.gpg"), encrypted);
        Path out = home.resolve("out");
        Files.deleteIfExists(out);
        run("--passphrase", passphrase, "--output", out.toString(), "--decrypt", in.toString());
        return Files.readAllBytes(out);
    }

    byte[] encrypted(byte[] plain, String... arguments) throws Exception {
        Path in = Files.write(home.resolve("plain"), plain);
        Path out = home.resolve("out.gpg");
        List<String> command = new ArrayList<>(List.of("--output", out.toString()));
        command.addAll(Arrays.asList(arguments));
        command.add(in.toString());
        run(command.toArray(String[]::new));
        return Files.readAllBytes(out);
    }

    /** The revocation that gpg makes with every key, with the colon removed that keeps it from being used by mistake. */
    void importRevocation(String fingerprint) throws Exception {
        Path made = home.resolve("openpgp-revocs.d").resolve(fingerprint + ".rev");
        Path usable = Files.writeString(
                home.resolve("revocation"), Files.readString(made).replace(":-----BEGIN", "-----BEGIN"));
        run("--import", usable.toString());
    }

    @Override
    public void close() throws Exception {
        Shell.run("gpgconf", "--homedir", home.toString(), "--kill", "all");
        Shell.run("rm", "-rf", home.toString());
    }
}
