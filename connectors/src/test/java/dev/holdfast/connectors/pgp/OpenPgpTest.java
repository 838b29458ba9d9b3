package dev.holdfast.connectors.pgp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.connectors.encode.MemoryFile;
import dev.holdfast.connectors.files.TestTree;
import dev.holdfast.connectors.pgp.OpenPgpEncryption.KeyText;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.WrongKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenPgpTest {
    private static final InstantSource CLOCK = InstantSource.system();
    private static final byte[] CONTENT = TestTree.random(1_300_000, 11);

    private static Gpg gpg;

    @BeforeAll
    static void makeKeys() throws Exception {
        gpg = new Gpg();
        gpg.make("Anna <anna@example.org>", "");
        gpg.make("Bert <bert@example.org>", "bert's secret", "rsa2048", "default", "never");
        gpg.run(
                "--passphrase",
                "bert's secret",
                "--quick-add-key",
                fingerprint("bert@"),
                "rsa2048",
                "encrypt",
                "never");
    }

    private static String fingerprint(String name) throws Exception {
        return gpg.run("--with-colons", "--list-keys", name)
                .lines()
                .filter(line -> line.startsWith("fpr:"))
                .findFirst()
                .orElseThrow()
                .split(":")[9];
    }

    @AfterAll
    static void removeKeys() throws Exception {
        gpg.close();
    }

    private static byte[] encrypted(OpenPgpEncryption encryption, byte[] content) {
        MemoryFile out = new MemoryFile("out");
        try (OpenPgpFile file = new OpenPgpFile(out, encryption)) {
            file.preflight();
            for (int from = 0; from < content.length; from += 99_999) {
                file.write(content, from, Math.min(99_999, content.length - from));
            }
            file.commit();
        }
        assertThat(out.isCommitted()).isTrue();
        return out.bytes();
    }

    private static OpenPgpEncryption toAnna() throws Exception {
        return OpenPgpEncryption.to(List.of(gpg.certificate("anna@", true)), CLOCK);
    }

    private static OpenPgpReader anna() throws Exception {
        return OpenPgpReader.withKey(gpg.secretKey("anna@", ""), "");
    }

    private static byte[] read(OpenPgpReader reader, byte[] encrypted) throws IOException {
        try (InputStream in = reader.open(new ByteArrayInputStream(encrypted), "file.gpg")) {
            return in.readAllBytes();
        }
    }

    @Test
    void gpg_opens_what_was_encrypted_to_each_of_several_recipients_and_a_passphrase() throws Exception {
        for (boolean armored : new boolean[] {true, false}) {
            OpenPgpEncryption encryption = OpenPgpEncryption.to(
                            List.of(gpg.certificate("anna@", armored), gpg.certificate("bert@", armored)), CLOCK)
                    .orPassphrase("p\u00e4ss phrase");
            byte[] encrypted = encrypted(encryption, CONTENT);

            assertThat(gpg.decrypted(encrypted, "")).isEqualTo(CONTENT);
            assertThat(read(anna(), encrypted)).isEqualTo(CONTENT);
            assertThat(read(OpenPgpReader.withKey(gpg.secretKey("bert@", "bert's secret"), "bert's secret"), encrypted))
                    .isEqualTo(CONTENT);
            assertThat(read(OpenPgpReader.withPassphrase("p\u00e4ss phrase"), encrypted))
                    .isEqualTo(CONTENT);
            try (Gpg stranger = new Gpg()) {
                assertThat(stranger.decrypted(encrypted, "p\u00e4ss phrase")).isEqualTo(CONTENT);
            }
            assertThatThrownBy(() -> read(OpenPgpReader.withPassphrase("another"), encrypted))
                    .isInstanceOf(WrongKey.class);
        }
    }

    @Test
    void several_certificates_in_one_file_are_several_recipients() throws Exception {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(gpg.certificate("anna@", true).bytes());
        both.writeBytes(gpg.certificate("bert@", true).bytes());
        KeyText joined = new KeyText("both", both.toByteArray());
        both.reset();
        both.writeBytes(gpg.certificate("anna@", false).bytes());
        both.writeBytes(gpg.certificate("bert@", false).bytes());

        for (KeyText text :
                List.of(joined, new KeyText("both", both.toByteArray()), gpg.certificate("@example.org", true))) {
            byte[] encrypted = encrypted(OpenPgpEncryption.to(List.of(text), CLOCK), CONTENT);
            assertThat(read(anna(), encrypted)).isEqualTo(CONTENT);
            assertThat(read(OpenPgpReader.withKey(gpg.secretKey("bert@", "bert's secret"), "bert's secret"), encrypted))
                    .isEqualTo(CONTENT);
        }
    }

    @Test
    void gpg_reads_what_was_encrypted_with_a_passphrase_as_aes256_with_integrity_and_without_compression()
            throws Exception {
        byte[] encrypted = encrypted(OpenPgpEncryption.withPassphrase("secret", CLOCK), CONTENT);

        assertThat(gpg.decrypted(encrypted, "secret")).isEqualTo(CONTENT);
        assertThat(gpg.decrypted(encrypted(OpenPgpEncryption.withPassphrase("x", CLOCK), new byte[0]), "x"))
                .isEmpty();
        java.nio.file.Path file =
                java.nio.file.Files.write(java.nio.file.Files.createTempFile("packets", ".gpg"), encrypted);
        assertThat(gpg.run("--passphrase", "secret", "--list-packets", file.toString()))
                .contains("cipher 9", "s2k 3", "hash 8", "count 65011712", "mdc_method: 2")
                .doesNotContain("compressed packet");
        java.nio.file.Files.delete(file);
    }

    @Test
    void gpg_verifies_the_signature_and_so_do_we() throws Exception {
        OpenPgpEncryption encryption = toAnna().signedBy(gpg.secretKey("bert@", "bert's secret"), "bert's secret");
        byte[] encrypted = encrypted(encryption, CONTENT);

        java.nio.file.Path file =
                java.nio.file.Files.write(java.nio.file.Files.createTempFile("signed", ".gpg"), encrypted);
        assertThat(gpg.run("--output", file + ".out", "--decrypt", file.toString()))
                .contains("Good signature from \"Bert <bert@example.org>\"");
        java.nio.file.Files.delete(file);
        java.nio.file.Files.delete(java.nio.file.Path.of(file + ".out"));
        assertThat(read(anna().signedBy(gpg.certificate("bert@", true)), encrypted))
                .isEqualTo(CONTENT);
        assertThatThrownBy(() -> read(anna().signedBy(gpg.certificate("anna@", true)), encrypted))
                .isInstanceOf(Damaged.class)
                .hasMessageContaining("not signed by whom");
        assertThatThrownBy(() -> read(anna().signedBy(gpg.certificate("bert@", true)), encrypted(toAnna(), CONTENT)))
                .isInstanceOf(Damaged.class);
    }

    @Test
    void what_gpg_encrypted_is_read() throws Exception {
        assertThat(read(
                        OpenPgpReader.withPassphrase("secret"),
                        gpg.encrypted(CONTENT, "--passphrase", "secret", "--symmetric")))
                .isEqualTo(CONTENT);
        assertThat(read(
                        OpenPgpReader.withPassphrase("secret"),
                        gpg.encrypted(CONTENT, "--passphrase", "secret", "--armor", "--symmetric")))
                .isEqualTo(CONTENT);
        assertThat(read(anna(), gpg.encrypted(CONTENT, "--recipient", "anna@", "--encrypt")))
                .isEqualTo(CONTENT);
        byte[] signed = gpg.encrypted(
                CONTENT,
                "--passphrase",
                "bert's secret",
                "--local-user",
                "bert@",
                "--recipient",
                "anna@",
                "--sign",
                "--encrypt");
        assertThat(read(anna().signedBy(gpg.certificate("bert@", true)), signed))
                .isEqualTo(CONTENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"AES", "AES192", "AES256", "CAMELLIA256", "TWOFISH"})
    void gpgs_other_ciphers_are_read(String cipher) throws Exception {
        assertThat(read(
                        OpenPgpReader.withPassphrase("secret"),
                        gpg.encrypted(
                                CONTENT,
                                "--passphrase",
                                "secret",
                                "--s2k-count",
                                "65536",
                                "--cipher-algo",
                                cipher,
                                "--symmetric")))
                .isEqualTo(CONTENT);
        assertThat(read(anna(), gpg.encrypted(CONTENT, "--cipher-algo", cipher, "--recipient", "anna@", "--encrypt")))
                .isEqualTo(CONTENT);
    }

    private record Encrypted(byte[] whole, OpenPgpReader reader) {}

    @Test
    void what_is_cut_or_changed_fails_at_ours_and_at_gpg() throws Exception {
        byte[] ours = encrypted(toAnna(), CONTENT);
        byte[] theirs = gpg.encrypted(CONTENT, "--recipient", "anna@", "--encrypt");
        byte[] passphrased = gpg.encrypted(CONTENT, "--passphrase", "secret", "--s2k-count", "65536", "--symmetric");
        List<Encrypted> messages = List.of(
                new Encrypted(ours, anna()),
                new Encrypted(theirs, anna()),
                new Encrypted(passphrased, OpenPgpReader.withPassphrase("secret")));
        for (Encrypted message : messages) {
            byte[] whole = message.whole();
            OpenPgpReader reader = message.reader();
            for (int left : new int[] {whole.length - 1, whole.length - 22, whole.length / 2, 2000}) {
                byte[] cut = Arrays.copyOf(whole, left);
                assertThatThrownBy(() -> read(reader, cut)).as("cut to " + left).isInstanceOf(Damaged.class);
                assertThatThrownBy(() -> gpg.decrypted(cut, "secret")).isInstanceOf(AssertionError.class);
            }
            for (int at : new int[] {whole.length - 1, whole.length - 30, whole.length / 2, whole.length / 3, 3000}) {
                byte[] changed = whole.clone();
                changed[at] ^= 4;
                assertThatThrownBy(() -> read(reader, changed))
                        .as("changed at " + at)
                        .isInstanceOf(Damaged.class);
                assertThatThrownBy(() -> gpg.decrypted(changed, "secret")).isInstanceOf(AssertionError.class);
            }
        }
    }

    @Test
    void what_was_not_committed_is_never_read_as_whole() throws Exception {
        for (byte[] content : List.of(CONTENT, new byte[] {1})) {
            MemoryFile out = new MemoryFile("out");
            try (OpenPgpFile file = new OpenPgpFile(out, toAnna())) {
                file.preflight();
                file.write(content, 0, content.length);
            }

            assertThat(out.isCommitted()).isFalse();
            assertThatThrownBy(() -> read(anna(), out.bytes())).isInstanceOf(Damaged.class);
            assertThatThrownBy(() -> gpg.decrypted(out.bytes(), "")).isInstanceOf(AssertionError.class);
        }
    }

    @Test
    void what_is_not_encrypted_is_refused() throws Exception {
        assertThatThrownBy(() -> read(anna(), gpg.encrypted(CONTENT, "--store")))
                .isInstanceOf(Damaged.class);
        assertThatThrownBy(() ->
                        read(anna(), "no message at all, but text".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .isInstanceOf(Damaged.class);
        assertThatThrownBy(() -> read(anna(), new byte[0])).isInstanceOf(Damaged.class);
    }

    @Test
    void keys_that_cannot_be_used_are_told_before_anything_is_written() throws Exception {
        gpg.make("Only Sign <sign@example.org>", "", "ed25519", "sign", "never");
        gpg.make("Old <old@example.org>", "", "default", "default", "1d");
        KeyText old = gpg.certificate("old@", true);
        InstantSource later = InstantSource.fixed(Instant.now().plus(3, ChronoUnit.DAYS));

        assertThatThrownBy(() -> OpenPgpEncryption.to(List.of(gpg.certificate("sign@", true)), CLOCK))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("(Only Sign <sign@example.org>) has no key for encrypting");
        OpenPgpEncryption.to(List.of(old), CLOCK);
        assertThatThrownBy(() -> OpenPgpEncryption.to(List.of(old), later))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("(Old <old@example.org>) is expired");
        assertThatThrownBy(() -> OpenPgpEncryption.to(List.of(gpg.secretKey("anna@", "")), CLOCK))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("a PGP PUBLIC KEY BLOCK is needed");
        assertThatThrownBy(() -> OpenPgpEncryption.to(List.of(new KeyText("key.asc", new byte[] {1, 2, 3})), CLOCK))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("key.asc");
        assertThatThrownBy(() -> OpenPgpEncryption.to(List.of(new KeyText("key.asc", new byte[0])), CLOCK))
                .isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> OpenPgpEncryption.to(List.of(), CLOCK)).isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> OpenPgpEncryption.withPassphrase("", CLOCK)).isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> toAnna().signedBy(gpg.secretKey("bert@", "bert's secret"), "wrong"))
                .isInstanceOf(WrongKey.class);
    }

    @Test
    void a_revoked_key_is_told() throws Exception {
        gpg.make("Gone <gone@example.org>", "");
        String fingerprint = fingerprint("gone@");
        gpg.importRevocation(fingerprint);

        assertThatThrownBy(() -> OpenPgpEncryption.to(List.of(gpg.certificate("gone@", true)), CLOCK))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("(Gone <gone@example.org>) was revoked");
    }

    @Test
    void a_long_stream_needs_no_room() throws Exception {
        long[] length = {0};
        byte[] block = TestTree.random(1 << 20, 1);
        MemoryFile nowhere = new MemoryFile("nowhere") {
            @Override
            public void write(byte[] bytes, int offset, int count) {
                length[0] += count;
            }
        };
        try (OpenPgpFile file = new OpenPgpFile(nowhere, OpenPgpEncryption.withPassphrase("secret", CLOCK))) {
            for (int i = 0; i < 700; i++) {
                file.write(block, 0, block.length);
            }
            file.commit();
        }
        assertThat(length[0]).isBetween(700L << 20, 707L << 20);
    }
}
