package dev.holdfast.connectors.postgres.wire;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** Issues certificates: elliptic keys, ECDSA with SHA-256. */
final class Authority {
    private static final AlgorithmIdentifier ALGORITHM = new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);

    private final String name;
    private final KeyPair keys = newKeys();
    private final X509Certificate certificate;

    /** A certificate with its key. */
    record Issued(X509Certificate certificate, KeyPair keys) {
        String certificatePem() {
            return pem("CERTIFICATE", encoded(certificate));
        }

        String keyPem() {
            return pem("PRIVATE KEY", keys.getPrivate().getEncoded());
        }
    }

    Authority(String name) {
        this.name = name;
        this.certificate = certificate("CN=" + name, keys, true, 365, List.of());
    }

    String pem() {
        return pem("CERTIFICATE", encoded(certificate));
    }

    /** For a host, a user, or whatever the name and the alternative names say: {@code DNS:...} or {@code IP:...}. */
    Issued issue(String subject, String... alternatives) {
        return issue(365, subject, alternatives);
    }

    /**
     * @param days until it expires; negative if it has expired
     */
    Issued issue(int days, String subject, String... alternatives) {
        KeyPair own = newKeys();
        return new Issued(certificate(subject, own, false, days, List.of(alternatives)), own);
    }

    static String pem(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + label
                + "-----\n";
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private X509Certificate certificate(
            String subject, KeyPair own, boolean authority, int days, List<String> alternatives) {
        try {
            Instant now = Instant.now();
            V3TBSCertificateGenerator generator = new V3TBSCertificateGenerator();
            generator.setSerialNumber(new ASN1Integer(new BigInteger(63, new SecureRandom())));
            generator.setIssuer(new X500Name("CN=" + name));
            generator.setSubject(new X500Name(subject));
            generator.setSignature(ALGORITHM);
            generator.setStartDate(new Time(Date.from(now.minus(400, ChronoUnit.DAYS))));
            generator.setEndDate(new Time(Date.from(now.plus(days, ChronoUnit.DAYS))));
            generator.setSubjectPublicKeyInfo(
                    SubjectPublicKeyInfo.getInstance(own.getPublic().getEncoded()));
            ExtensionsGenerator extensions = new ExtensionsGenerator();
            extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
            if (!alternatives.isEmpty()) {
                extensions.addExtension(Extension.subjectAlternativeName, false, names(alternatives));
            }
            generator.setExtensions(extensions.generate());
            return signed(generator.generateTBSCertificate());
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static GeneralNames names(List<String> alternatives) throws IOException {
        List<GeneralName> names = new ArrayList<>();
        for (String alternative : alternatives) {
            String value = alternative.substring(alternative.indexOf(':') + 1);
            names.add(
                    alternative.startsWith("IP:")
                            ? new GeneralName(
                                    GeneralName.iPAddress,
                                    new DEROctetString(
                                            InetAddress.ofLiteral(value).getAddress()))
                            : new GeneralName(GeneralName.dNSName, value));
        }
        return new GeneralNames(names.toArray(GeneralName[]::new));
    }

    private X509Certificate signed(TBSCertificate content) throws GeneralSecurityException, IOException {
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(keys.getPrivate());
        signature.update(content.getEncoded("DER"));
        ASN1EncodableVector parts = new ASN1EncodableVector();
        parts.add(content);
        parts.add(ALGORITHM);
        parts.add(new DERBitString(signature.sign()));
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(new DERSequence(parts).getEncoded("DER")));
    }
}
