package dev.holdfast.engine.crypto;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-256-GCM (NIST SP 800-38D) with 96-bit nonces that callers count, so that none is used twice under a key. Safe for many
 * threads.
 */
public final class Aead {
    /** How many bytes a seal adds. */
    public static final int TAG_BYTES = 16;

    private static final int TAG_BITS = 8 * TAG_BYTES;
    private static final int NONCE_BYTES = 12;
    private static final Queue<Cipher> CIPHERS = new ConcurrentLinkedQueue<>();

    private Aead() {}

    /** The nonce for a position: a domain that separates uses of one key, and a counter. */
    public static byte[] nonce(int domain, long counter) {
        return ByteBuffer.allocate(NONCE_BYTES).putInt(domain).putLong(counter).array();
    }

    /**
     * Seals bytes.
     *
     * @param target receives {@code length + TAG_BYTES} bytes at {@code targetOffset}
     */
    public static void seal(
            byte[] key,
            byte[] nonce,
            byte[] bound,
            byte[] plain,
            int offset,
            int length,
            byte[] target,
            int targetOffset) {
        Cipher cipher = borrow();
        try {
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
            cipher.updateAAD(bound);
            cipher.doFinal(plain, offset, length, target, targetOffset);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("sealing failed", e);
        }
        CIPHERS.add(cipher);
    }

    /** Seals bytes into a new array. */
    public static byte[] seal(byte[] key, byte[] nonce, byte[] bound, byte[] plain) {
        byte[] sealed = new byte[plain.length + TAG_BYTES];
        seal(key, nonce, bound, plain, 0, plain.length, sealed, 0);
        return sealed;
    }

    /**
     * Opens sealed bytes.
     *
     * @throws AEADBadTagException if they are not what was sealed under this key, nonce and bound data
     */
    public static byte[] open(byte[] key, byte[] nonce, byte[] bound, byte[] sealed, int offset, int length)
            throws AEADBadTagException {
        byte[] plain = new byte[Math.max(0, length - TAG_BYTES)];
        open(key, nonce, bound, sealed, offset, length, plain, 0);
        return plain;
    }

    /**
     * Opens sealed bytes into an array; what it holds after a failure is not to be used.
     *
     * @param target receives {@code length - TAG_BYTES} bytes at {@code targetOffset}
     * @throws AEADBadTagException if they are not what was sealed under this key, nonce and bound data
     */
    public static void open(
            byte[] key,
            byte[] nonce,
            byte[] bound,
            byte[] sealed,
            int offset,
            int length,
            byte[] target,
            int targetOffset)
            throws AEADBadTagException {
        if (length < TAG_BYTES) {
            throw new AEADBadTagException("shorter than a tag");
        }
        Cipher cipher = borrow();
        try {
            cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
            cipher.updateAAD(bound);
            cipher.doFinal(sealed, offset, length, target, targetOffset);
            CIPHERS.add(cipher);
        } catch (AEADBadTagException e) {
            throw e;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("opening failed", e);
        }
    }

    private static Cipher borrow() {
        Cipher cipher = CIPHERS.poll();
        if (cipher != null) {
            return cipher;
        }
        try {
            return Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no AES-GCM", e);
        }
    }
}
