package dev.holdfast.connectors.pgp;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.WrongKey;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPSecretKeyRing;
import org.bouncycastle.openpgp.operator.bc.BcPBEKeyEncryptionMethodGenerator;
import org.bouncycastle.openpgp.operator.bc.BcPGPDigestCalculatorProvider;
import org.jspecify.annotations.Nullable;
import org.pgpainless.PGPainless;
import org.pgpainless.algorithm.CompressionAlgorithm;
import org.pgpainless.algorithm.DocumentSignatureType;
import org.pgpainless.algorithm.EncryptionPurpose;
import org.pgpainless.algorithm.SymmetricKeyAlgorithm;
import org.pgpainless.encryption_signing.EncryptionOptions;
import org.pgpainless.encryption_signing.ProducerOptions;
import org.pgpainless.encryption_signing.SigningOptions;
import org.pgpainless.key.info.KeyRingInfo;
import org.pgpainless.key.protection.SecretKeyRingProtector;
import org.pgpainless.util.Passphrase;

/**
 * To whom files are encrypted, and by whom they are signed: to the holders of certificates, to whoever knows a passphrase, or both.
 * Everything is looked at when it is given, so that a key that cannot be used is told before a backup begins. Immutable; for many threads.
 */
public final class OpenPgpEncryption {
    /** The most that the format can say: 65 million bytes are hashed, as by gpg. */
    private static final int S2K_COUNT = 0xff;

    static {
        PlatformAes.use();
    }

    private final List<PGPPublicKeyRing> recipients;
    private final @Nullable String passphrase;
    private final List<PGPSecretKeyRing> signers;
    private final String signerPassphrase;
    private final InstantSource clock;

    private OpenPgpEncryption(
            List<PGPPublicKeyRing> recipients,
            @Nullable String passphrase,
            List<PGPSecretKeyRing> signers,
            String signerPassphrase,
            InstantSource clock) {
        this.recipients = List.copyOf(recipients);
        this.passphrase = passphrase;
        this.signers = List.copyOf(signers);
        this.signerPassphrase = signerPassphrase;
        this.clock = clock;
        options();
    }

    /**
     * A file with keys.
     *
     * @param where it is, for people
     * @param bytes armored or not; may hold several
     */
    public record KeyText(String where, byte[] bytes) {}

    /**
     * To the holders of all these certificates.
     *
     * @throws Invalid (CONFIGURATION_INVALID) if one is expired, revoked, or not for encrypting; or there is none
     */
    public static OpenPgpEncryption to(List<KeyText> certificates, InstantSource clock) {
        List<PGPPublicKeyRing> recipients = new ArrayList<>();
        certificates.forEach(text -> recipients.addAll(OpenPgpKeys.certificates(text.bytes(), text.where())));
        if (recipients.isEmpty()) {
            throw new Invalid(
                    ErrorCode.CONFIGURATION_INVALID,
                    "nobody is named to whom exports are encrypted",
                    "give a certificate or a passphrase.");
        }
        return new OpenPgpEncryption(recipients, null, List.of(), "", clock);
    }

    /** To whoever knows a passphrase, as by {@code gpg --symmetric}. */
    public static OpenPgpEncryption withPassphrase(String passphrase, InstantSource clock) {
        return new OpenPgpEncryption(List.of(), checked(passphrase), List.of(), "", clock);
    }

    /** The same, and for whoever knows a passphrase too. */
    public OpenPgpEncryption orPassphrase(String alternative) {
        return new OpenPgpEncryption(recipients, checked(alternative), signers, signerPassphrase, clock);
    }

    private static String checked(String passphrase) {
        if (passphrase.isEmpty()) {
            throw new Invalid(
                    ErrorCode.CONFIGURATION_INVALID,
                    "the passphrase for exports is empty",
                    "give one, or a certificate.");
        }
        return passphrase;
    }

    /**
     * The same, signed.
     *
     * @param keyPassphrase of the secret key; empty if it has none
     * @throws Invalid (CONFIGURATION_INVALID) if the key cannot sign
     * @throws WrongKey if it does not open with the passphrase
     */
    public OpenPgpEncryption signedBy(KeyText secretKey, String keyPassphrase) {
        return new OpenPgpEncryption(
                recipients,
                passphrase,
                OpenPgpKeys.secretKeys(secretKey.bytes(), secretKey.where()),
                keyPassphrase,
                clock);
    }

    /** For one file. */
    ProducerOptions options() {
        EncryptionOptions encryption = encryption();
        ProducerOptions options = signers.isEmpty()
                ? ProducerOptions.encrypt(encryption)
                : ProducerOptions.signAndEncrypt(encryption, signing());
        return options.setAsciiArmor(false).overrideCompressionAlgorithm(CompressionAlgorithm.UNCOMPRESSED);
    }

    @SuppressWarnings("JavaUtilDate") // as the library has it
    private Date now() {
        return Date.from(clock.instant());
    }

    private EncryptionOptions encryption() {
        EncryptionOptions options = EncryptionOptions.get().overrideEncryptionAlgorithm(SymmetricKeyAlgorithm.AES_256);
        options.setEvaluationDate(now());
        recipients.forEach(certificate -> add(options, certificate));
        String known = passphrase;
        if (known != null) {
            try {
                options.addEncryptionMethod(new BcPBEKeyEncryptionMethodGenerator(
                        known.toCharArray(),
                        new BcPGPDigestCalculatorProvider().get(HashAlgorithmTags.SHA256),
                        S2K_COUNT));
            } catch (PGPException e) {
                throw new IllegalStateException(e);
            }
        }
        return options;
    }

    private void add(EncryptionOptions options, PGPPublicKeyRing certificate) {
        try {
            KeyRingInfo info = PGPainless.inspectKeyRing(certificate, now());
            if (!info.getRevocationState().isNotRevoked()) {
                throw unusable(certificate, "was revoked", null);
            }
            if (info.getEncryptionSubkeys(EncryptionPurpose.ANY).isEmpty()) {
                throw unusable(certificate, whyNone(certificate), null);
            }
            options.addRecipient(certificate);
        } catch (Invalid e) {
            throw e;
        } catch (RuntimeException e) {
            throw unusable(certificate, "cannot be used: " + e.getMessage(), e);
        }
    }

    @SuppressWarnings("JavaUtilDate")
    private String whyNone(PGPPublicKeyRing certificate) {
        KeyRingInfo whenMade = PGPainless.inspectKeyRing(certificate, new Date(newest(certificate)));
        return whenMade.getEncryptionSubkeys(EncryptionPurpose.ANY).isEmpty()
                ? "has no key for encrypting"
                : "is expired, or has no key for encrypting any more";
    }

    @SuppressWarnings("JavaUtilDate")
    private static long newest(PGPPublicKeyRing certificate) {
        long newest = 0;
        for (var key : certificate) {
            newest = Math.max(newest, key.getCreationTime().getTime() + 1000);
        }
        return newest;
    }

    private static Invalid unusable(PGPPublicKeyRing certificate, String why, @Nullable Throwable cause) {
        return new Invalid(
                ErrorCode.CONFIGURATION_INVALID,
                "the OpenPGP certificate " + shown(certificate) + " " + why,
                "give one that is valid: 'gpg --armor --export NAME' after extending or making its key.",
                cause);
    }

    private static String shown(PGPPublicKeyRing certificate) {
        var names = certificate.getPublicKey().getUserIDs();
        String id =
                String.format(Locale.ROOT, "%016X", certificate.getPublicKey().getKeyID());
        return names.hasNext() ? id + " (" + names.next() + ")" : id;
    }

    private SigningOptions signing() {
        SecretKeyRingProtector protector = signerPassphrase.isEmpty()
                ? SecretKeyRingProtector.unprotectedKeys()
                : SecretKeyRingProtector.unlockAnyKeyWith(Passphrase.fromPassword(signerPassphrase));
        SigningOptions options = SigningOptions.get();
        options.setEvaluationDate(now());
        for (PGPSecretKeyRing signer : signers) {
            try {
                options.addInlineSignature(protector, signer, DocumentSignatureType.BINARY_DOCUMENT);
            } catch (PGPException e) {
                throw new WrongKey(
                        ErrorCode.WRONG_KEY,
                        "the OpenPGP key that signs exports does not open: " + e.getMessage(),
                        "check its passphrase.",
                        e);
            } catch (RuntimeException e) {
                throw new Invalid(
                        ErrorCode.CONFIGURATION_INVALID,
                        "the OpenPGP key that signs exports cannot be used: " + e.getMessage(),
                        "give one that is valid and can sign.",
                        e);
            }
        }
        return options;
    }
}
