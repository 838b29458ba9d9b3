package dev.holdfast.engine.crypto;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The 32 random bytes that everything in a repository is sealed under. Never used itself: each purpose has a key derived with
 * HKDF-SHA-256 (RFC 5869). Immutable.
 */
public final class MasterKey {
    /** Length in bytes. */
    public static final int BYTES = 32;

    private final byte[] bytes;

    private MasterKey(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a master key has " + BYTES + " bytes, not " + bytes.length);
        }
        this.bytes = bytes;
    }

    public static MasterKey generate(SecureRandom random) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return new MasterKey(bytes);
    }

    static MasterKey ofOwned(byte[] bytes) {
        return new MasterKey(bytes);
    }

    byte[] bytes() {
        return bytes;
    }

    /**
     * The key for one purpose.
     *
     * @param purpose part of the format, for example {@code chunk id}
     */
    public byte[] derive(String purpose) {
        return expand(bytes, ("holdfast v1 " + purpose).getBytes(StandardCharsets.UTF_8), 32);
    }

    /**
     * HKDF-SHA-256 with an empty salt.
     *
     * @param info what the derived key is bound to
     * @param length of the derived key in bytes
     */
    public static byte[] expand(byte[] key, byte[] info, int length) {
        try {
            KDF hkdf = KDF.getInstance("HKDF-SHA256");
            SecretKey derived = hkdf.deriveKey(
                    "Generic",
                    HKDFParameterSpec.ofExtract()
                            .addIKM(new SecretKeySpec(key, "Generic"))
                            .thenExpand(info, length));
            return derived.getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no HKDF-SHA256", e);
        }
    }

    @Override
    public String toString() {
        return "MasterKey[...]";
    }
}
