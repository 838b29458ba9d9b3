package dev.holdfast.control.access;

import dev.holdfast.control.catalog.Catalog;
import dev.holdfast.control.catalog.Seal;
import dev.holdfast.control.config.Secret;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Links by which whoever has one gets one thing of one stack for a while. All of it stands in the link, signed (HMAC-SHA-256) with a
 * key that is sealed in the catalog, so every server may be asked; what its maker may do is looked up when it is used. Removing the
 * key's row ends all links. Safe for many threads.
 */
public final class DownloadLinks {
    /** No link lasts longer. */
    public static final Duration LONGEST = Duration.ofDays(7);

    private static final Pattern FORM = Pattern.compile("([A-Za-z0-9_-]{1,12000})\\.([A-Za-z0-9_-]{43})");
    private static final int MOST_CHARACTERS = 12_000;
    private static final String ABOUT = "download links";
    private static final int KEY_BYTES = 32;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Tables tables;
    private final Seal seal;
    private final Access access;
    private final InstantSource clock;
    private final SecureRandom random;

    private DownloadLinks(Tables tables, Seal seal, Access access, InstantSource clock, SecureRandom random) {
        this.tables = tables;
        this.seal = seal;
        this.access = access;
        this.clock = clock;
        this.random = random;
    }

    /**
     * @param seal what servers that share the catalog have in common
     */
    public static DownloadLinks in(
            Catalog catalog, Seal seal, Access access, InstantSource clock, SecureRandom random) {
        return new DownloadLinks(new Tables(catalog), seal, access, clock, random);
    }

    /**
     * A link that was just made.
     *
     * @param id to find it in the audit trail
     * @param text the link itself; whoever has it may use it
     */
    public record Issued(String id, Secret text, Instant expires) {}

    /** What a link comes to. */
    public sealed interface Use {
        /**
         * It is good.
         *
         * @param issuer who made it
         * @param grant what that one, or the token it was made with, may do now
         * @param resource as it was given
         */
        record Good(String id, Actor issuer, Grant grant, String resource) implements Use {}

        /**
         * It was good once, and who made it may not get in any more.
         *
         * @param issuer who made it
         */
        record Orphaned(String id, Actor issuer) implements Use {}

        /** It was never made here, or changed, or is over. */
        record Worthless() implements Use {}
    }

    /** What a link says; in a fixed order of names. */
    private record Content(String id, String user, String token, long version, long expires, String resource) {}

    /**
     * Makes a link.
     *
     * @param resource one thing of one stack that the maker may have, in whatever form
     * @param life at most seven days
     * @throws Invalid (USAGE) if the resource is too long for a link
     * @throws dev.holdfast.engine.error.Missing (SECRET_MISSING) if the key was sealed by a server with another key file
     */
    public Issued issue(Principal by, String resource, Duration life) {
        if (life.compareTo(LONGEST) > 0 || !life.isPositive()) {
            throw new IllegalArgumentException("a link lasts up to " + LONGEST);
        }
        Instant now = Instant.ofEpochMilli(clock.millis());
        Instant expires = now.plus(life);
        long version = access.users().find(by.user()).map(User::tokenVersion).orElse(0L);
        Content content = new Content(
                Ulid.at(now),
                by.user().text(),
                by.token().map(TokenId::text).orElse(""),
                version,
                expires.toEpochMilli(),
                resource);
        String body = base64(JSON.writeValueAsBytes(content));
        if (body.length() > MOST_CHARACTERS) {
            throw new Invalid(ErrorCode.USAGE, "its name is too long for a link", "download it without one.");
        }
        return new Issued(content.id(), new Secret(body + "." + base64(signature(body, key()))), expires);
    }

    /** Looks at a link that somebody came with. */
    public Use use(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches() || !isSigned(form.group(1), form.group(2))) {
            return new Use.Worthless();
        }
        Content content = content(form.group(1));
        return clock.millis() < content.expires() ? used(content) : new Use.Worthless();
    }

    private boolean isSigned(String body, String signature) {
        return storedKey()
                .map(key -> base64(signature(body, key)).getBytes(StandardCharsets.US_ASCII))
                .filter(expected -> MessageDigest.isEqual(expected, signature.getBytes(StandardCharsets.US_ASCII)))
                .isPresent();
    }

    private static Content content(String body) {
        try {
            return JSON.readValue(Base64.getUrlDecoder().decode(body), Content.class);
        } catch (JacksonException | IllegalArgumentException e) {
            throw new IllegalStateException("a signed link cannot be read", e);
        }
    }

    private Use used(Content content) {
        Optional<TokenId> token = TokenId.parse(content.token());
        Optional<User> user = access.users().find(new UserId(content.user()));
        Actor issuer = new Actor(user.map(User::name).orElse("(removed)"), user.map(User::id), token);
        Optional<Grant> grant = user.filter(User::enabled)
                .filter(known -> known.tokenVersion() == content.version())
                .flatMap(known -> token.isEmpty()
                        ? Optional.of(known.grant())
                        : access.tokens().principal(token.get()).map(Principal::grant));
        return grant.<Use>map(now -> new Use.Good(content.id(), issuer, now, content.resource()))
                .orElseGet(() -> new Use.Orphaned(content.id(), issuer));
    }

    private static byte[] signature(String body, byte[] key) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(("holdfast download link\n" + body).getBytes(StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HMAC with SHA-256", e);
        }
    }

    /** The key, made if there is none; of two servers that make one at once, both use that of the faster. */
    private byte[] key() {
        return storedKey().orElseGet(() -> {
            byte[] fresh = new byte[KEY_BYTES];
            random.nextBytes(fresh);
            String sealed = seal.seal(new Secret(base64(fresh)), ABOUT);
            tables.change(handle -> handle.execute(
                    "INSERT INTO access_link_key (id, content, made_at) VALUES (1, ?, ?) ON CONFLICT (id) DO NOTHING",
                    sealed,
                    clock.millis()));
            return storedKey().orElseThrow();
        });
    }

    private Optional<byte[]> storedKey() {
        return tables.read(handle -> handle.createQuery("SELECT content FROM access_link_key WHERE id = 1")
                        .mapTo(String.class)
                        .findOne())
                .map(content ->
                        Base64.getUrlDecoder().decode(seal.open(content, ABOUT).text()));
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
