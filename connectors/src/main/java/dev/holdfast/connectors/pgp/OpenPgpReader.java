package dev.holdfast.connectors.pgp;

import dev.holdfast.connectors.pgp.OpenPgpEncryption.KeyText;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.WrongKey;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPSecretKeyRing;
import org.pgpainless.PGPainless;
import org.pgpainless.decryption_verification.ConsumerOptions;
import org.pgpainless.decryption_verification.DecryptionStream;
import org.pgpainless.decryption_verification.MessageMetadata;
import org.pgpainless.exception.MissingDecryptionMethodException;
import org.pgpainless.exception.WrongPassphraseException;
import org.pgpainless.key.protection.SecretKeyRingProtector;
import org.pgpainless.util.Passphrase;

/**
 * Decrypts what {@link OpenPgpFile} or {@code gpg} encrypted. Immutable; for many threads.
 */
public final class OpenPgpReader {
    static {
        PlatformAes.use();
    }

    private final List<PGPSecretKeyRing> keys;
    private final String passphrase;
    private final List<PGPPublicKeyRing> signers;

    private OpenPgpReader(List<PGPSecretKeyRing> keys, String passphrase, List<PGPPublicKeyRing> signers) {
        this.keys = List.copyOf(keys);
        this.passphrase = passphrase;
        this.signers = List.copyOf(signers);
    }

    /**
     * With a secret key.
     *
     * @param keyPassphrase of the secret key; empty if it has none
     * @throws Invalid (CONFIGURATION_INVALID) if there is no key
     */
    public static OpenPgpReader withKey(KeyText secretKey, String keyPassphrase) {
        return new OpenPgpReader(
                OpenPgpKeys.secretKeys(secretKey.bytes(), secretKey.where()), keyPassphrase, List.of());
    }

    /** With the passphrase of the files. */
    public static OpenPgpReader withPassphrase(String passphrase) {
        return new OpenPgpReader(List.of(), passphrase, List.of());
    }

    /**
     * The same; and nothing is taken for whole that is not signed by one of these.
     *
     * @throws Invalid (CONFIGURATION_INVALID) if there is no certificate
     */
    public OpenPgpReader signedBy(KeyText certificates) {
        return new OpenPgpReader(
                keys, passphrase, OpenPgpKeys.certificates(certificates.bytes(), certificates.where()));
    }

    /**
     * Decrypts while it is read. Only what was read to its end is proven: until then it may have been changed.
     *
     * @param encrypted closed with the stream
     * @param where it is, for people
     * @return a stream that throws {@link Damaged} where the message is changed, cut, not encrypted or not signed by whom it should be, at
     *     the latest at its end
     * @throws WrongKey if neither the key nor the passphrase opens it
     * @throws Damaged if it is no OpenPGP message
     */
    public InputStream open(InputStream encrypted, String where) {
        try {
            DecryptionStream decrypted =
                    PGPainless.decryptAndOrVerify().onInputStream(encrypted).withOptions(options());
            return new Proven(decrypted, encrypted, where);
        } catch (MissingDecryptionMethodException | WrongPassphraseException e) {
            throw new WrongKey(
                    ErrorCode.WRONG_KEY,
                    "'" + where + "' is not encrypted to this key or passphrase",
                    "give the key or passphrase of one it was encrypted to.",
                    e);
        } catch (PGPException | IOException | RuntimeException e) {
            throw damaged(where, e);
        }
    }

    private ConsumerOptions options() {
        ConsumerOptions options = ConsumerOptions.get();
        SecretKeyRingProtector protector = passphrase.isEmpty()
                ? SecretKeyRingProtector.unprotectedKeys()
                : SecretKeyRingProtector.unlockAnyKeyWith(Passphrase.fromPassword(passphrase));
        keys.forEach(key -> options.addDecryptionKey(key, protector));
        if (keys.isEmpty()) {
            options.addMessagePassphrase(Passphrase.fromPassword(passphrase));
        }
        signers.forEach(options::addVerificationCert);
        return options;
    }

    private static HoldfastException damaged(String where, Exception e) {
        if (e instanceof HoldfastException known) {
            return known;
        }
        String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return damaged(where, "is damaged or cut: " + why, e);
    }

    private static Damaged damaged(String where, String what, Exception... cause) {
        return new Damaged(
                ErrorCode.DAMAGED,
                "'" + where + "' " + what,
                "take another copy of it; what was read of this one is not to be used.",
                cause.length == 0 ? null : cause[0]);
    }

    private final class Proven extends InputStream {
        private final DecryptionStream decrypted;
        private final InputStream encrypted;
        private final String where;
        private boolean ended;

        Proven(DecryptionStream decrypted, InputStream encrypted, String where) {
            this.decrypted = decrypted;
            this.encrypted = encrypted;
            this.where = where;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            if (ended || length == 0) {
                return ended ? -1 : 0;
            }
            int read;
            try {
                read = decrypted.read(bytes, offset, length);
                if (read < 0) {
                    decrypted.close();
                }
            } catch (IOException | RuntimeException e) {
                throw damaged(where, e);
            }
            if (read < 0) {
                expectProof(decrypted.getMetadata());
                ended = true;
            }
            return read;
        }

        private void expectProof(MessageMetadata found) {
            if (!found.isEncrypted()) {
                throw damaged(where, "is not encrypted");
            }
            List<PGPPublicKeyRing> missing = new ArrayList<>(signers);
            missing.removeIf(found::isVerifiedSignedBy);
            if (!signers.isEmpty() && missing.size() == signers.size()) {
                throw damaged(where, "is not signed by whom it should be");
            }
        }

        @Override
        public void close() throws IOException {
            encrypted.close();
        }
    }
}
