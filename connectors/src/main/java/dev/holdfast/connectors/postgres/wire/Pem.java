package dev.holdfast.connectors.postgres.wire;

import dev.holdfast.connectors.postgres.wire.WireException.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.jspecify.annotations.Nullable;

/**
 * Certificates and private keys from files: PEM, or DER where the file is none. Keys may be PKCS#8 (also encrypted), PKCS#1 or
 * SEC 1.
 */
public final class Pem {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----\\s+(.*?)-----END \\1-----", Pattern.DOTALL);
    private static final Set<String> CERTIFICATES = Set.of("CERTIFICATE", "X509 CERTIFICATE");

    private record Block(String label, String text) {
        byte[] bytes(Path file) throws WireException {
            try {
                return Base64.getMimeDecoder().decode(text);
            } catch (IllegalArgumentException e) {
                throw unusable(file, "its base64 is malformed", e);
            }
        }
    }

    private Pem() {}

    /**
     * All certificates of a file, at least one.
     *
     * @throws WireException if it has none or cannot be read
     */
    public static List<X509Certificate> certificates(Path file) throws WireException {
        byte[] bytes = read(file);
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Block block : blocks(bytes)) {
                if (CERTIFICATES.contains(block.label())) {
                    certificates.add(
                            (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.bytes(file))));
                }
            }
            if (certificates.isEmpty() && blocks(bytes).isEmpty()) {
                for (Certificate certificate : factory.generateCertificates(new ByteArrayInputStream(bytes))) {
                    certificates.add((X509Certificate) certificate);
                }
            }
        } catch (GeneralSecurityException e) {
            throw unusable(file, "it has no certificate that can be read", e);
        }
        if (certificates.isEmpty()) {
            throw unusable(file, "it has no certificate", null);
        }
        return certificates;
    }

    /**
     * The private key of a file.
     *
     * @param password of an encrypted key
     * @throws WireException if there is none, or the password is not that of the key
     */
    public static PrivateKey privateKey(Path file, @Nullable String password) throws WireException {
        byte[] bytes = read(file);
        Optional<Block> found = blocks(bytes).stream()
                .filter(block -> block.label().endsWith("PRIVATE KEY"))
                .findFirst();
        if (found.isEmpty()) {
            return bytesAreDer(bytes) ? der(file, bytes, password) : none(file);
        }
        Block block = found.get();
        if (block.text().contains("ENCRYPTED")) {
            throw unusable(file, "its encryption is of an old kind; convert it with: openssl pkcs8 -topk8", null);
        }
        byte[] key = block.bytes(file);
        try {
            return switch (block.label()) {
                case "PRIVATE KEY" -> pkcs8(key);
                case "ENCRYPTED PRIVATE KEY" -> decrypted(file, key, password);
                case "RSA PRIVATE KEY" -> pkcs1(key);
                case "EC PRIVATE KEY" -> sec1(key);
                default -> throw unusable(file, "keys of type '" + block.label() + "' are not supported", null);
            };
        } catch (GeneralSecurityException | IOException | RuntimeException e) { // parsers fail in many ways
            throw e instanceof WireException known ? known : unusable(file, "its private key cannot be read", e);
        }
    }

    private static PrivateKey none(Path file) throws WireException {
        throw unusable(file, "it has no private key", null);
    }

    private static boolean bytesAreDer(byte[] bytes) {
        return bytes.length > 0 && bytes[0] == 0x30;
    }

    private static PrivateKey der(Path file, byte[] bytes, @Nullable String password) throws WireException {
        try {
            return pkcs8(bytes);
        } catch (GeneralSecurityException | RuntimeException e) {
            return decrypted(file, bytes, password);
        }
    }

    private static PrivateKey pkcs8(byte[] der) throws GeneralSecurityException {
        String algorithm = PrivateKeyInfo.getInstance(der)
                .getPrivateKeyAlgorithm()
                .getAlgorithm()
                .getId();
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
    }

    private static PrivateKey decrypted(Path file, byte[] der, @Nullable String password) throws WireException {
        if (password == null) {
            throw unusable(file, "its private key is encrypted and no password for it is given", null);
        }
        try {
            EncryptedPrivateKeyInfo sealed = new EncryptedPrivateKeyInfo(der);
            SecretKeyFactory factory = SecretKeyFactory.getInstance(sealed.getAlgName());
            PKCS8EncodedKeySpec opened =
                    sealed.getKeySpec(factory.generateSecret(new PBEKeySpec(password.toCharArray())));
            return pkcs8(opened.getEncoded());
        } catch (GeneralSecurityException | IOException | RuntimeException e) {
            throw unusable(file, "its private key cannot be decrypted; is the password right?", e);
        }
    }

    private static PrivateKey pkcs1(byte[] der) throws GeneralSecurityException, IOException {
        return wrapped(
                new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                ASN1Primitive.fromByteArray(der));
    }

    private static PrivateKey sec1(byte[] der) throws GeneralSecurityException, IOException {
        ECPrivateKey key = ECPrivateKey.getInstance(der);
        return wrapped(new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, key.getParametersObject()), key);
    }

    private static PrivateKey wrapped(AlgorithmIdentifier algorithm, ASN1Encodable key)
            throws GeneralSecurityException, IOException {
        return pkcs8(new PrivateKeyInfo(algorithm, key).getEncoded());
    }

    private static List<Block> blocks(byte[] bytes) {
        Matcher matcher = BLOCK.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
        return matcher.results()
                .map(result -> new Block(result.group(1), result.group(2)))
                .toList();
    }

    private static byte[] read(Path file) throws WireException {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw unusable(file, Files.exists(file) ? "it cannot be read" : "it does not exist", e);
        }
    }

    private static WireException unusable(Path file, String why, @Nullable Exception cause) {
        return new WireException(Reason.FILE, "file '" + file + "' is of no use: " + why, cause);
    }
}
