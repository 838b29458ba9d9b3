package dev.holdfast.connectors.postgres;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * Certificates and keys in the files that OpenSSL writes.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7468">RFC 7468, the textual encoding</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5958">RFC 5958, PKCS #8</a>
 */
final class PemFiles {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);
    private static final String CONVERT = "; convert it with: openssl pkcs8 -topk8 -in old.key -out new.key";

    /** PKCS #8 around a key: version 0, an algorithm; the key follows. Bytes of RFC 5208 and RFC 8017. */
    private static final byte[] RSA = {
        0x30, 0x0d, 0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00
    };

    private static final byte[] EC_PUBLIC_KEY = {0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01};

    private PemFiles() {}

    /**
     * @throws IOException if there is none, or the file cannot be read
     */
    static List<X509Certificate> certificates(Path file) throws IOException {
        try (InputStream input = Files.newInputStream(file)) {
            List<X509Certificate> found = CertificateFactory.getInstance("X.509").generateCertificates(input).stream()
                    .map(X509Certificate.class::cast)
                    .toList();
            if (found.isEmpty()) {
                throw new IOException("file '" + file + "' has no certificate");
            }
            return found;
        } catch (CertificateException e) {
            throw new IOException("file '" + file + "' is not a certificate: " + e.getMessage(), e);
        }
    }

    /**
     * @param password for a key that is encrypted
     * @throws IOException if there is none, if the password is wrong or missing, or the file cannot be read
     */
    static PrivateKey key(Path file, Optional<String> password) throws IOException {
        byte[] content = Files.readAllBytes(file);
        Matcher block = BLOCK.matcher(new String(content, StandardCharsets.ISO_8859_1));
        try {
            while (block.find()) {
                String kind = block.group(1);
                if (kind.endsWith("PRIVATE KEY")) {
                    return key(file, kind, block.group(2), password);
                }
            }
            return plain(content); // the same without text around it
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("file '" + file + "' has no key that can be used: " + e.getMessage(), e);
        }
    }

    private static PrivateKey key(Path file, String kind, String body, Optional<String> password)
            throws IOException, GeneralSecurityException {
        if (body.contains("DEK-Info")) {
            throw new IOException("file '" + file + "' is encrypted in an old, weak way" + CONVERT);
        }
        byte[] bytes = Base64.getMimeDecoder().decode(body);
        return switch (kind) {
            case "PRIVATE KEY" -> plain(bytes);
            case "RSA PRIVATE KEY" -> plain(pkcs8(RSA, bytes));
            case "EC PRIVATE KEY" -> plain(pkcs8(curve(file, bytes), bytes));
            case "ENCRYPTED PRIVATE KEY" ->
                decrypted(
                        bytes,
                        password.orElseThrow(() ->
                                new IOException("key '" + file + "' has a password, and sslpassword is not given")));
            default -> throw new IOException("file '" + file + "' has a key of the kind '" + kind + "'" + CONVERT);
        };
    }

    private static PrivateKey plain(byte[] pkcs8) throws GeneralSecurityException {
        GeneralSecurityException first = null;
        for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (GeneralSecurityException e) {
                first = first == null ? e : first;
            }
        }
        throw first == null ? new GeneralSecurityException("no algorithm") : first;
    }

    private static PrivateKey decrypted(byte[] bytes, String password) throws IOException, GeneralSecurityException {
        EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(bytes);
        // the name of the whole scheme, such as PBEWithHmacSHA256AndAES_256, is how parameters of PBES2 show themselves
        String scheme = info.getAlgParameters() != null && info.getAlgName().contains("PBES2")
                ? info.getAlgParameters().toString()
                : info.getAlgName();
        SecretKey key = SecretKeyFactory.getInstance(scheme).generateSecret(new PBEKeySpec(password.toCharArray()));
        Cipher cipher = Cipher.getInstance(scheme);
        cipher.init(Cipher.DECRYPT_MODE, key, info.getAlgParameters());
        try {
            return plain(info.getKeySpec(cipher).getEncoded());
        } catch (GeneralSecurityException e) {
            throw new GeneralSecurityException("sslpassword does not open it", e);
        }
    }

    private static byte[] pkcs8(byte[] algorithm, byte[] key) throws IOException {
        ByteArrayOutputStream inner = new ByteArrayOutputStream();
        inner.write(new byte[] {0x02, 0x01, 0x00});
        inner.write(algorithm);
        inner.write(element(0x04, key));
        return element(0x30, inner.toByteArray());
    }

    /** The algorithm of an elliptic curve key: its parameters are in the field with tag 0 (RFC 5915). */
    private static byte[] curve(Path file, byte[] key) throws IOException {
        ByteArrayInputStream outer = new ByteArrayInputStream(key);
        ByteArrayInputStream fields = new ByteArrayInputStream(content(outer, 0x30, file));
        content(fields, 0x02, file);
        content(fields, 0x04, file);
        byte[] parameters = content(fields, 0xa0, file);
        ByteArrayOutputStream algorithm = new ByteArrayOutputStream();
        algorithm.write(EC_PUBLIC_KEY);
        algorithm.write(parameters);
        return element(0x30, algorithm.toByteArray());
    }

    private static byte[] content(ByteArrayInputStream from, int tag, Path file) throws IOException {
        if (from.read() != tag) {
            throw new IOException("file '" + file + "' has a key that is not understood" + CONVERT);
        }
        int length = from.read();
        if (length > 0x80) {
            int bytes = length & 0x7f;
            length = 0;
            for (int i = 0; i < bytes; i++) {
                length = length << 8 | from.read();
            }
        }
        return from.readNBytes(length);
    }

    private static byte[] element(int tag, byte[] content) throws IOException {
        ByteArrayOutputStream element = new ByteArrayOutputStream();
        element.write(tag);
        if (content.length < 0x80) {
            element.write(content.length);
        } else {
            int bytes = content.length < 0x100 ? 1 : content.length < 0x10000 ? 2 : 3;
            element.write(0x80 | bytes);
            for (int i = bytes - 1; i >= 0; i--) {
                element.write(content.length >>> (8 * i));
            }
        }
        element.write(content);
        return element.toByteArray();
    }
}
