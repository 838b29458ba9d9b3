package dev.holdfast.server.http;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Certificate and key as PEM files, as certbot and Kubernetes lay them down.
 *
 * @param certificate the server's own first, then those above it
 * @param key PKCS #8, not encrypted
 */
public record TlsFiles(Path certificate, Path key) {
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA");
    private static final byte[] SIGNED = {1, 2, 3};
    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    /**
     * What the files hold.
     *
     * @param store both, under an empty password
     * @param ends when the certificate ends to be valid
     */
    record Loaded(KeyStore store, Instant ends) {}

    Loaded load() {
        try {
            List<? extends Certificate> chain = chain();
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            PrivateKey privateKey = privateKey();
            requireSamePair(chain.getFirst(), privateKey);
            store.setKeyEntry("server", privateKey, new char[0], chain.toArray(Certificate[]::new));
            return new Loaded(
                    store, ((X509Certificate) chain.getFirst()).getNotAfter().toInstant());
        } catch (NoSuchFileException e) {
            throw new Missing(
                    ErrorCode.CONFIGURATION_MISSING,
                    "there is no file '" + e.getFile() + "' for TLS",
                    "name a certificate and its key as PEM files.",
                    e);
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new Invalid(
                    ErrorCode.CONFIGURATION_INVALID,
                    "'" + certificate + "' and '" + key + "' cannot be used for TLS: " + e.getMessage(),
                    "the key must belong to the certificate, be readable and be PKCS #8 without a password:"
                            + " openssl pkcs8 -topk8 -nocrypt -in old.pem -out key.pem",
                    e);
        }
    }

    /** When either was changed last; what cannot be looked at was not changed. */
    long changed() {
        try {
            return Math.max(
                    Files.getLastModifiedTime(certificate).toMillis(),
                    Files.getLastModifiedTime(key).toMillis());
        } catch (IOException e) {
            return 0;
        }
    }

    private List<? extends Certificate> chain() throws IOException, GeneralSecurityException {
        byte[] pem = Files.readAllBytes(certificate);
        List<? extends Certificate> chain = List.copyOf(
                CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem)));
        if (chain.isEmpty()) {
            throw new GeneralSecurityException("there is no certificate in the first one");
        }
        return chain;
    }

    private static void requireSamePair(Certificate certificate, PrivateKey key) throws GeneralSecurityException {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> "EdDSA";
        };
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(SIGNED);
        byte[] signed = signature.sign();
        signature.initVerify(certificate.getPublicKey());
        signature.update(SIGNED);
        if (!signature.verify(signed)) {
            throw new GeneralSecurityException("the key belongs to another certificate");
        }
    }

    private PrivateKey privateKey() throws IOException, GeneralSecurityException {
        Matcher found = PKCS8.matcher(Files.readString(key, StandardCharsets.US_ASCII));
        if (!found.find()) {
            throw new GeneralSecurityException("there is no unencrypted PKCS #8 key in the second one");
        }
        byte[] der = Base64.getMimeDecoder().decode(found.group(1));
        return ALGORITHMS.stream()
                .flatMap(algorithm -> decoded(algorithm, der).stream())
                .findFirst()
                .orElseThrow(() -> new GeneralSecurityException("the key is of no known algorithm"));
    }

    /** The key, if it is one of that algorithm. */
    private static Optional<PrivateKey> decoded(String algorithm, byte[] der) {
        try {
            return Optional.of(KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der)));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }
}
