package dev.holdfast.connectors.postgres.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.ECGenParameterSpec;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PemTest {
    private static final Authority AUTHORITY = new Authority("root");

    @TempDir
    private Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(Files.createTempFile(folder, "", ".pem"), text);
    }

    private static KeyPair keys(String algorithm) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        switch (algorithm) {
            case "EC" -> generator.initialize(new ECGenParameterSpec("secp256r1"));
            case "RSA" -> generator.initialize(2048);
            default -> {}
        }
        return generator.generateKeyPair();
    }

    private static byte[] inner(PrivateKey key) throws IOException {
        return PrivateKeyInfo.getInstance(key.getEncoded())
                .parsePrivateKey()
                .toASN1Primitive()
                .getEncoded();
    }

    private static byte[] encrypted(PrivateKey key, String password) throws Exception {
        String algorithm = "PBEWithHmacSHA256AndAES_256";
        SecretKey secret =
                SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec(password.toCharArray()));
        Cipher cipher = Cipher.getInstance(algorithm);
        cipher.init(Cipher.ENCRYPT_MODE, secret);
        byte[] sealed = cipher.doFinal(key.getEncoded());
        AlgorithmParameters parameters = cipher.getParameters();
        return new EncryptedPrivateKeyInfo(
                        new AlgorithmIdentifier(
                                PKCSObjectIdentifiers.id_PBES2, ASN1Primitive.fromByteArray(parameters.getEncoded())),
                        sealed)
                .getEncoded();
    }

    @Test
    void keys_of_every_kind_are_read_from_PKCS_8() throws Exception {
        for (String algorithm : new String[] {"RSA", "EC", "Ed25519"}) {
            PrivateKey key = keys(algorithm).getPrivate();
            Path pem = file("Bag Attributes\n" + Authority.pem("PRIVATE KEY", key.getEncoded()));
            assertThat(Pem.privateKey(pem, null)).isEqualTo(key);
            Path der = Files.write(folder.resolve(algorithm), key.getEncoded());
            assertThat(Pem.privateKey(der, null)).isEqualTo(key);
        }
    }

    @Test
    void keys_of_the_older_formats_are_read() throws Exception {
        PrivateKey rsa = keys("RSA").getPrivate();
        assertThat(Pem.privateKey(file(Authority.pem("RSA PRIVATE KEY", inner(rsa))), null))
                .isEqualTo(rsa);
        PrivateKey ec = keys("EC").getPrivate();
        PrivateKeyInfo info = PrivateKeyInfo.getInstance(ec.getEncoded());
        // as openssl writes it: the curve within the key, and before it once more
        byte[] sec1 = new ECPrivateKey(
                        256,
                        ((java.security.interfaces.ECPrivateKey) ec).getS(),
                        info.getPrivateKeyAlgorithm().getParameters())
                .getEncoded();
        String curve = Authority.pem(
                "EC PARAMETERS",
                info.getPrivateKeyAlgorithm().getParameters().toASN1Primitive().getEncoded());
        assertThat(Pem.privateKey(file(curve + Authority.pem("EC PRIVATE KEY", sec1)), null))
                .isInstanceOfSatisfying(
                        java.security.interfaces.ECPrivateKey.class,
                        key -> assertThat(key.getS()).isEqualTo(((java.security.interfaces.ECPrivateKey) ec).getS()));
    }

    @Test
    void encrypted_keys_want_their_password() throws Exception {
        PrivateKey key = keys("EC").getPrivate();
        byte[] sealed = encrypted(key, "geheim");
        for (Path file : new Path[] {
            file(Authority.pem("ENCRYPTED PRIVATE KEY", sealed)), Files.write(folder.resolve("sealed"), sealed)
        }) {
            assertThat(Pem.privateKey(file, "geheim")).isEqualTo(key);
            assertThatThrownBy(() -> Pem.privateKey(file, "falsch")).hasMessageContaining("is the password right?");
            assertThatThrownBy(() -> Pem.privateKey(file, null)).hasMessageContaining("no password");
        }
    }

    @Test
    void files_that_are_of_no_use_are_named() throws Exception {
        Path nothing = file("nothing");
        assertThatThrownBy(() -> Pem.privateKey(nothing, null))
                .hasMessage("file '" + nothing + "' is of no use: it has no private key");
        assertThatThrownBy(() -> Pem.certificates(nothing)).hasMessageContaining("no certificate");
        assertThatThrownBy(() -> Pem.certificates(folder.resolve("missing"))).hasMessageContaining("does not exist");
        String old = """
                -----BEGIN RSA PRIVATE KEY-----
                Proc-Type: 4,ENCRYPTED
                DEK-Info: AES-256-CBC,00

                AAAA
                -----END RSA PRIVATE KEY-----
                """;
        assertThatThrownBy(() -> Pem.privateKey(file(old), "x")).hasMessageContaining("openssl pkcs8 -topk8");
        String key = Authority.pem("PRIVATE KEY", new byte[] {0x30, 0});
        assertThatThrownBy(() -> Pem.privateKey(file(key), null)).hasMessageContaining("cannot be read");
        assertThatThrownBy(() -> Pem.certificates(file(key))).hasMessageContaining("no certificate");
    }

    @Test
    void all_certificates_of_a_file_are_read() throws Exception {
        Authority.Issued issued = AUTHORITY.issue("CN=one");
        Path chain = file("subject=one\n" + issued.certificatePem() + issued.keyPem() + AUTHORITY.pem());
        assertThat(Pem.certificates(chain)).hasSize(2).startsWith(issued.certificate());
        Path der = Files.write(folder.resolve("der"), issued.certificate().getEncoded());
        assertThat(Pem.certificates(der)).containsExactly(issued.certificate());
    }
}
