package dev.holdfast.server.auth;

import dev.holdfast.control.access.PrivateFile;
import dev.holdfast.control.config.Secret;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The keys that JWTs are signed with: one signs, those before it still verify as long as a token of theirs may live. They stand
 * in a file of mode 600; or there is one, which is shared with others. Safe for many threads.
 */
public final class JwtKeys {
    private static final String FILE = "jwt-keys.json";
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int SECRET_BYTES = 32;

    /** How long after its last signature a key verifies; no token lives longer. */
    static final Duration LONGEST_LIFE = Duration.ofHours(24);

    private final Optional<PrivateFile> file;
    private final InstantSource clock;
    private volatile List<JwtKey> keys;

    private JwtKeys(Optional<PrivateFile> file, List<JwtKey> keys, InstantSource clock) {
        this.file = file;
        this.keys = List.copyOf(keys);
        this.clock = clock;
    }

    /**
     * The shared key of the settings, or else those of the state folder, made if there are none.
     *
     * @throws Damaged (DAMAGED) if the file cannot be understood
     */
    public static JwtKeys open(JwtSettings settings, Path stateFolder, InstantSource clock) {
        return settings.shared()
                .map(secret -> new JwtKeys(Optional.empty(), List.of(shared(secret, clock)), clock))
                .orElseGet(() -> own(new PrivateFile(stateFolder.resolve(FILE)), clock));
    }

    /**
     * Signs with a new key from now on; what the present one signed stays good until it ends by itself.
     *
     * @return the new key's id
     * @throws Invalid (CONFIGURATION_INVALID) if the key is shared: it is changed where it was given
     */
    public synchronized String rotate() {
        PrivateFile target = file.orElseThrow(() -> new Invalid(
                ErrorCode.CONFIGURATION_INVALID,
                "the key of JWTs is shared with others",
                "change " + JwtSettings.SECRET + " everywhere at once."));
        Instant now = clock.instant();
        JwtKey fresh = fresh(now);
        List<JwtKey> rotated = Stream.concat(
                        Stream.of(fresh),
                        keys.stream().map(key -> retired(key, now)).filter(this::mayVerify))
                .toList();
        write(target, rotated);
        keys = rotated;
        return fresh.kid();
    }

    JwtKey signing() {
        return keys.getFirst();
    }

    /** The key that a token's header names; those who share a secret need not name it. */
    Optional<JwtKey> verifying(@Nullable String kid) {
        return keys.stream()
                .filter(key -> kid == null ? key.shared() : key.kid().equals(kid) || key.shared())
                .filter(this::mayVerify)
                .findFirst();
    }

    private boolean mayVerify(JwtKey key) {
        return key.retired()
                .filter(retired -> retired.plus(LONGEST_LIFE).isBefore(clock.instant()))
                .isEmpty();
    }

    private static JwtKey retired(JwtKey key, Instant now) {
        return key.retired().isPresent()
                ? key
                : new JwtKey(key.kid(), key.secret(), key.shared(), key.made(), Optional.of(now));
    }

    private static JwtKeys own(PrivateFile file, InstantSource clock) {
        Optional<List<JwtKey>> kept = file.read().map(text -> parse(text, file));
        List<JwtKey> keys = kept.orElseGet(() -> List.of(fresh(clock.instant())));
        if (kept.isEmpty()) {
            write(file, keys);
        }
        return new JwtKeys(Optional.of(file), keys, clock);
    }

    private static JwtKey fresh(Instant now) {
        SecureRandom random = new SecureRandom();
        byte[] secret = new byte[SECRET_BYTES];
        byte[] id = new byte[8];
        random.nextBytes(secret);
        random.nextBytes(id);
        return new JwtKey(HexFormat.of().formatHex(id), secret, false, now, Optional.empty());
    }

    private static JwtKey shared(Secret secret, InstantSource clock) {
        byte[] bytes = secret.text().getBytes(StandardCharsets.UTF_8);
        return new JwtKey("shared-" + fingerprint(bytes), bytes, true, clock.instant(), Optional.empty());
    }

    /** Tells two secrets apart and nothing about either. */
    private static String fingerprint(byte[] secret) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(("holdfast jwt key " + HexFormat.of().formatHex(secret))
                            .getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(Arrays.copyOf(digest, 4));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** As a key stands in the file; times in milliseconds since 1970. */
    private record Line(
            String kid, String secret, long made, @Nullable Long retired) {}

    private static void write(PrivateFile file, List<JwtKey> keys) {
        file.write(JSON.writerWithDefaultPrettyPrinter()
                        .writeValueAsString(keys.stream().map(JwtKeys::line).toList())
                + "\n");
    }

    private static Line line(JwtKey key) {
        return new Line(
                key.kid(),
                Base64.getEncoder().encodeToString(key.secret()),
                key.made().toEpochMilli(),
                key.retired().map(Instant::toEpochMilli).orElse(null));
    }

    private static List<JwtKey> parse(String text, PrivateFile file) {
        try {
            List<JwtKey> keys = Stream.of(JSON.readValue(text, Line[].class))
                    .map(JwtKeys::key)
                    .toList();
            if (!keys.isEmpty() && keys.stream().allMatch(key -> key.secret().length >= SECRET_BYTES)) {
                return keys;
            }
        } catch (JacksonException | IllegalArgumentException | NullPointerException e) {
            throw damaged(file, e);
        }
        throw damaged(file, null);
    }

    private static JwtKey key(Line line) {
        return new JwtKey(
                line.kid(),
                Base64.getDecoder().decode(line.secret()),
                false,
                Instant.ofEpochMilli(line.made()),
                Optional.ofNullable(line.retired()).map(Instant::ofEpochMilli));
    }

    private static Damaged damaged(PrivateFile file, @Nullable Throwable cause) {
        return new Damaged(
                ErrorCode.DAMAGED,
                "'" + file.path() + "' does not hold the keys of JWTs",
                "delete it: new keys are made, and whoever holds a JWT signs in again.",
                cause);
    }
}
