package dev.holdfast.engine.crypto;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * The master key wrapped under one secret.
 *
 * <p>The secret and the salt give 64 bytes: for a passphrase by Argon2id (RFC 9106, version 1.3), for a recovery code, which
 * is random enough by itself, by HKDF-SHA-256. The first 32 wrap the master key with AES-256-GCM under a zero nonce, bound to
 * the repository's id and the slot's name; the other 32 make an HMAC-SHA-256 commitment to the wrapped bytes, so that one
 * slot opens under one secret only.
 *
 * @param name {@code passphrase} or {@code recovery}
 * @param derivation how the secret becomes a key
 * @param salt 32 random bytes
 * @param wrapped 48 bytes
 * @param commitment 32 bytes
 */
public record KeySlot(String name, Derivation derivation, byte[] salt, byte[] wrapped, byte[] commitment) {
    public static final String PASSPHRASE = "passphrase";
    public static final String RECOVERY = "recovery";

    private static final int SALT_BYTES = 32;

    /** How a secret becomes a key. */
    public sealed interface Derivation {
        /**
         * Argon2id.
         *
         * @param memoryKib memory in KiB, 8 MiB to 4 GiB
         * @param iterations passes, 1 to 100
         * @param lanes 1 to 16
         */
        record Argon2id(int memoryKib, int iterations, int lanes) implements Derivation {
            /** RFC 9106 section 4, second recommended option, with one lane because the library uses one thread. */
            public static final Argon2id DEFAULT = new Argon2id(64 << 10, 3, 1);

            public Argon2id {
                if (memoryKib < 8 << 10
                        || memoryKib > 4 << 20
                        || iterations < 1
                        || iterations > 100
                        || lanes < 1
                        || lanes > 16) {
                    throw new IllegalArgumentException(
                            "argon2id with " + memoryKib + " KiB, " + iterations + " passes, " + lanes + " lanes");
                }
            }
        }

        /** HKDF-SHA-256, for secrets that are random keys already. */
        record Hkdf() implements Derivation {}
    }

    /** Wraps a master key under a secret with a fresh salt. */
    public static KeySlot wrap(
            String name,
            Derivation derivation,
            String secret,
            MasterKey master,
            String repositoryId,
            SecureRandom random) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        byte[] derived = derive(derivation, secret, salt);
        byte[] wrapped =
                Aead.seal(Arrays.copyOf(derived, 32), Aead.nonce(0, 0), bound(repositoryId, name), master.bytes());
        return new KeySlot(name, derivation, salt, wrapped, commitment(derived, wrapped));
    }

    /** The master key if the secret is right. */
    public Optional<MasterKey> unwrap(String secret, String repositoryId) {
        byte[] derived = derive(derivation, secret, salt);
        if (!MessageDigest.isEqual(commitment, commitment(derived, wrapped))) {
            return Optional.empty();
        }
        try {
            return Optional.of(MasterKey.ofOwned(Aead.open(
                    Arrays.copyOf(derived, 32),
                    Aead.nonce(0, 0),
                    bound(repositoryId, name),
                    wrapped,
                    0,
                    wrapped.length)));
        } catch (AEADBadTagException e) {
            return Optional.empty();
        }
    }

    private static byte[] commitment(byte[] derived, byte[] wrapped) {
        return new KeyedHash(Arrays.copyOfRange(derived, 32, 64)).of(1, wrapped, 0, wrapped.length);
    }

    /** Each takes a lot of memory for its moment: several that begin together would not fit into a small heap. */
    private static final Object ONE_AT_A_TIME = new Object();

    private static byte[] bound(String repositoryId, String name) {
        return ("holdfast v1 key slot " + repositoryId + " " + name).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] derive(Derivation derivation, String secret, byte[] salt) {
        byte[] plain = secret.getBytes(StandardCharsets.UTF_8);
        return switch (derivation) {
            case Derivation.Argon2id argon -> {
                Argon2BytesGenerator generator = new Argon2BytesGenerator();
                generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                        .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                        .withMemoryAsKB(argon.memoryKib())
                        .withIterations(argon.iterations())
                        .withParallelism(argon.lanes())
                        .withSalt(salt)
                        .build());
                byte[] out = new byte[64];
                synchronized (ONE_AT_A_TIME) {
                    generator.generateBytes(plain, out);
                }
                yield out;
            }
            case Derivation.Hkdf ignored -> {
                byte[] info = Arrays.copyOf("holdfast v1 recovery".getBytes(StandardCharsets.UTF_8), 20 + salt.length);
                System.arraycopy(salt, 0, info, 20, salt.length);
                yield MasterKey.expand(plain, info, 64);
            }
        };
    }

    @Override
    public String toString() {
        return "KeySlot[" + name + "]";
    }
}
