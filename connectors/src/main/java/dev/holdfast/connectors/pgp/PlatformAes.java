package dev.holdfast.connectors.pgp;

import java.io.InputStream;
import java.security.KeyPair;
import java.util.Date;
import org.bouncycastle.bcpg.SymmetricKeyAlgorithmTags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPObjectFactory;
import org.bouncycastle.openpgp.PGPPrivateKey;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSessionKey;
import org.bouncycastle.openpgp.operator.KeyFingerPrintCalculator;
import org.bouncycastle.openpgp.operator.PBEDataDecryptorFactory;
import org.bouncycastle.openpgp.operator.PBEKeyEncryptionMethodGenerator;
import org.bouncycastle.openpgp.operator.PBESecretKeyDecryptor;
import org.bouncycastle.openpgp.operator.PBESecretKeyEncryptor;
import org.bouncycastle.openpgp.operator.PGPContentSignerBuilder;
import org.bouncycastle.openpgp.operator.PGPContentVerifierBuilderProvider;
import org.bouncycastle.openpgp.operator.PGPDataDecryptor;
import org.bouncycastle.openpgp.operator.PGPDataEncryptorBuilder;
import org.bouncycastle.openpgp.operator.PGPDigestCalculator;
import org.bouncycastle.openpgp.operator.PGPDigestCalculatorProvider;
import org.bouncycastle.openpgp.operator.PublicKeyDataDecryptorFactory;
import org.bouncycastle.openpgp.operator.PublicKeyKeyEncryptionMethodGenerator;
import org.bouncycastle.openpgp.operator.SessionKeyDataDecryptorFactory;
import org.bouncycastle.openpgp.operator.bc.BcPBEDataDecryptorFactory;
import org.bouncycastle.openpgp.operator.bc.BcPGPDigestCalculatorProvider;
import org.bouncycastle.openpgp.operator.bc.BcPublicKeyDataDecryptorFactory;
import org.bouncycastle.openpgp.operator.bc.BcSessionKeyDataDecryptorFactory;
import org.bouncycastle.openpgp.operator.jcajce.JcePGPDataEncryptorBuilder;
import org.bouncycastle.openpgp.operator.jcajce.JceSessionKeyDataDecryptorFactoryBuilder;
import org.pgpainless.algorithm.HashAlgorithm;
import org.pgpainless.algorithm.PublicKeyAlgorithm;
import org.pgpainless.algorithm.SymmetricKeyAlgorithm;
import org.pgpainless.implementation.BcImplementationFactory;
import org.pgpainless.implementation.ImplementationFactory;
import org.pgpainless.util.Passphrase;

/**
 * The library's own ciphers, but for AES and the SHA-1 of the proof of integrity around data: these come from the Java platform, which
 * has them of the processor, and are four times as fast. Keys are handled by the library alone.
 */
final class PlatformAes extends ImplementationFactory {
    private static final String PLATFORM = "SunJCE";

    private final ImplementationFactory library = new BcImplementationFactory();

    private PlatformAes() {}

    /** From now on, for the whole process. */
    static void use() {
        if (!(getInstance() instanceof PlatformAes)) {
            setFactoryImplementation(new PlatformAes());
        }
    }

    private static boolean isAes(int algorithm) {
        return algorithm == SymmetricKeyAlgorithmTags.AES_128
                || algorithm == SymmetricKeyAlgorithmTags.AES_192
                || algorithm == SymmetricKeyAlgorithmTags.AES_256;
    }

    @Override
    public PGPDataEncryptorBuilder getPGPDataEncryptorBuilder(int algorithm) {
        return isAes(algorithm)
                ? new JcePGPDataEncryptorBuilder(algorithm).setProvider(PLATFORM)
                : library.getPGPDataEncryptorBuilder(algorithm);
    }

    private static PGPDataDecryptor decryptor(boolean integrity, int algorithm, byte[] key) throws PGPException {
        return new JceSessionKeyDataDecryptorFactoryBuilder()
                .setProvider(PLATFORM)
                .build(new PGPSessionKey(algorithm, key))
                .createDataDecryptor(integrity, algorithm, key);
    }

    @Override
    public PBEDataDecryptorFactory getPBEDataDecryptorFactory(Passphrase passphrase) {
        return new BcPBEDataDecryptorFactory(passphrase.getChars(), new BcPGPDigestCalculatorProvider()) {
            @Override
            public PGPDataDecryptor createDataDecryptor(boolean integrity, int algorithm, byte[] key)
                    throws PGPException {
                return isAes(algorithm)
                        ? decryptor(integrity, algorithm, key)
                        : super.createDataDecryptor(integrity, algorithm, key);
            }
        };
    }

    @Override
    @SuppressWarnings("deprecation") // as the library itself: what replaces it wants the public key, which is not given
    public PublicKeyDataDecryptorFactory getPublicKeyDataDecryptorFactory(PGPPrivateKey privateKey) {
        return new BcPublicKeyDataDecryptorFactory(privateKey) {
            @Override
            public PGPDataDecryptor createDataDecryptor(boolean integrity, int algorithm, byte[] key)
                    throws PGPException {
                return isAes(algorithm)
                        ? decryptor(integrity, algorithm, key)
                        : super.createDataDecryptor(integrity, algorithm, key);
            }
        };
    }

    @Override
    public SessionKeyDataDecryptorFactory getSessionKeyDataDecryptorFactory(PGPSessionKey sessionKey) {
        return new BcSessionKeyDataDecryptorFactory(sessionKey) {
            @Override
            public PGPDataDecryptor createDataDecryptor(boolean integrity, int algorithm, byte[] key)
                    throws PGPException {
                return isAes(algorithm)
                        ? decryptor(integrity, algorithm, key)
                        : super.createDataDecryptor(integrity, algorithm, key);
            }
        };
    }

    @Override
    public PGPDigestCalculatorProvider getPgpDigestCalculatorProvider() {
        return library.getPgpDigestCalculatorProvider();
    }

    @Override
    public PGPContentVerifierBuilderProvider getPgpContentVerifierBuilderProvider() {
        return library.getPgpContentVerifierBuilderProvider();
    }

    @Override
    public KeyFingerPrintCalculator getKeyFingerprintCalculator() {
        return library.getKeyFingerprintCalculator();
    }

    @Override
    public PBESecretKeyEncryptor getPBESecretKeyEncryptor(
            SymmetricKeyAlgorithm algorithm, PGPDigestCalculator digest, Passphrase passphrase) throws PGPException {
        return library.getPBESecretKeyEncryptor(algorithm, digest, passphrase);
    }

    @Override
    public PBESecretKeyEncryptor getPBESecretKeyEncryptor(
            SymmetricKeyAlgorithm algorithm, HashAlgorithm hash, int count, Passphrase passphrase) throws PGPException {
        return library.getPBESecretKeyEncryptor(algorithm, hash, count, passphrase);
    }

    @Override
    public PBESecretKeyDecryptor getPBESecretKeyDecryptor(Passphrase passphrase) throws PGPException {
        return library.getPBESecretKeyDecryptor(passphrase);
    }

    @Override
    public PGPContentSignerBuilder getPGPContentSignerBuilder(int keyAlgorithm, int hashAlgorithm) {
        return library.getPGPContentSignerBuilder(keyAlgorithm, hashAlgorithm);
    }

    @Override
    public PublicKeyKeyEncryptionMethodGenerator getPublicKeyKeyEncryptionMethodGenerator(PGPPublicKey key) {
        return library.getPublicKeyKeyEncryptionMethodGenerator(key);
    }

    @Override
    public PBEKeyEncryptionMethodGenerator getPBEKeyEncryptionMethodGenerator(Passphrase passphrase) {
        return library.getPBEKeyEncryptionMethodGenerator(passphrase);
    }

    @Override
    @SuppressWarnings("JavaUtilDate") // as the library has it
    public PGPKeyPair getPGPKeyPair(PublicKeyAlgorithm algorithm, KeyPair keyPair, Date created) throws PGPException {
        return library.getPGPKeyPair(algorithm, keyPair, created);
    }

    @Override
    public PGPObjectFactory getPGPObjectFactory(InputStream in) {
        return library.getPGPObjectFactory(in);
    }
}
