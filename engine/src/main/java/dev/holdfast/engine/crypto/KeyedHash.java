package dev.holdfast.engine.crypto;

import java.security.GeneralSecurityException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HMAC-SHA-256 (RFC 2104) under one key. Safe for many threads. */
public final class KeyedHash {
    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKeySpec key;
    private final Queue<Mac> idle = new ConcurrentLinkedQueue<>();

    public KeyedHash(byte[] key) {
        this.key = new SecretKeySpec(key, ALGORITHM);
    }

    /** The 32-byte code of a leading byte and a range. */
    public byte[] of(int lead, byte[] bytes, int offset, int length) {
        Mac mac = borrow();
        mac.update((byte) lead);
        mac.update(bytes, offset, length);
        byte[] code = mac.doFinal();
        idle.add(mac);
        return code;
    }

    private Mac borrow() {
        Mac mac = idle.poll();
        if (mac != null) {
            return mac;
        }
        try {
            Mac fresh = Mac.getInstance(ALGORITHM);
            fresh.init(key);
            return fresh;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no " + ALGORITHM, e);
        }
    }
}
