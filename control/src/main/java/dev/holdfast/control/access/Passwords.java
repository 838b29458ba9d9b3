package dev.holdfast.control.access;

import dev.holdfast.control.config.Secret;
import dev.holdfast.engine.error.Busy;
import dev.holdfast.engine.error.ErrorCode;
import java.lang.ref.SoftReference;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator.BlockPool;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator.FixedBlockPool;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Hashes passwords with Argon2id. One after the other, because each takes memory; who waits too long is told to come back. Safe
 * for many threads.
 */
final class Passwords {
    /** One of OWASP's equivalent choices; the one with the least memory that is still 12 MiB. */
    static final PhcString.Cost COST = new PhcString.Cost(12 << 10, 3, 1);

    private static final int AT_ONCE = 1;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;

    /** What the algorithm works with beside its memory. */
    private static final int SPARE_BLOCKS = 8;

    private final PhcString.Cost cost;
    private final Duration patience;
    private final Semaphore places;
    private final SecureRandom random = new SecureRandom();
    private final AtomicLong hashed = new AtomicLong();
    private final PhcString nobodys;

    private SoftReference<BlockPool> blocks = new SoftReference<>(null);

    Passwords() {
        this(COST, AT_ONCE, PATIENCE);
    }

    Passwords(PhcString.Cost cost, int atOnce, Duration patience) {
        this.cost = cost;
        this.patience = patience;
        this.places = new Semaphore(atOnce, true);
        this.nobodys = new PhcString(cost, randomBytes(SALT_BYTES), randomBytes(HASH_BYTES));
    }

    /** What to store for a password. */
    String hash(Secret password) {
        byte[] salt = randomBytes(SALT_BYTES);
        return new PhcString(cost, salt, argon2id(password, cost, salt, HASH_BYTES)).text();
    }

    /**
     * Whether a password is the stored one. Where none is stored the same work is done for the answer no.
     *
     * @throws Busy (TOO_MANY_REQUESTS) if too many others are at it
     */
    boolean matches(Secret password, Optional<String> stored) {
        Optional<PhcString> known = stored.flatMap(PhcString::parse);
        PhcString expected = known.orElse(nobodys);
        byte[] found = argon2id(password, expected.cost(), expected.salt(), expected.hash().length);
        return MessageDigest.isEqual(found, expected.hash()) && known.isPresent();
    }

    /** Whether a stored hash was made with another cost than new ones. */
    boolean isOutdated(String stored) {
        return !PhcString.parse(stored).map(PhcString::cost).equals(Optional.of(cost));
    }

    /** How many hashes were computed so far, whoever they were for. */
    long hashed() {
        return hashed.get();
    }

    private byte[] argon2id(Secret password, PhcString.Cost cost, byte[] salt, int length) {
        takePlace();
        try {
            hashed.incrementAndGet();
            return compute(password, cost, salt, length);
        } finally {
            places.release();
        }
    }

    private void takePlace() {
        try {
            if (places.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new Busy(ErrorCode.TOO_MANY_REQUESTS, "too many people sign in at once", "try again in a few seconds.");
    }

    /**
     * The same memory for one hash after the other: as garbage it would let the heap grow by more with each. Whoever needs it for
     * something else takes it away.
     */
    private synchronized BlockPool blocks() {
        BlockPool kept = blocks.get();
        if (kept == null) {
            kept = new FixedBlockPool(cost.memoryKib() + SPARE_BLOCKS);
            blocks = new SoftReference<>(kept);
        }
        return kept;
    }

    private byte[] compute(Secret password, PhcString.Cost cost, byte[] salt, int length) {
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(cost.memoryKib())
                .withIterations(cost.passes())
                .withParallelism(cost.lanes())
                .withSalt(salt)
                .withBlockPool(blocks())
                .build());
        byte[] out = new byte[length];
        generator.generateBytes(bytes(password), out);
        return out;
    }

    /** The same bytes whichever keyboard it was typed on. */
    private static byte[] bytes(Secret password) {
        return Normalizer.normalize(password.text(), Normalizer.Form.NFC).getBytes(StandardCharsets.UTF_8);
    }

    private byte[] randomBytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }
}
