package dev.holdfast.server.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/**
 * A browser's way to the identity provider and back. All of it is in a cookie of this browser, so any server may receive it
 * back, and none keeps anything: a random secret, when it began and where the browser was going. State, nonce and PKCE
 * verifier are hashes of the whole cookie, so what comes back belongs to this browser, this journey and this goal.
 *
 * @param text {@code <43 characters>.<milliseconds since 1970>.<path in base 64>}
 */
record OidcJourney(String text) {
    static final Duration LONGEST = Duration.ofMinutes(10);

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SECRET_BYTES = 32;
    private static final int LONGEST_PATH = 1000;

    static OidcJourney begin(String returnTo, Instant now) {
        byte[] secret = new byte[SECRET_BYTES];
        RANDOM.nextBytes(secret);
        return new OidcJourney(base64(secret) + "." + now.toEpochMilli() + "."
                + base64(local(returnTo).getBytes(StandardCharsets.UTF_8)));
    }

    /** A journey that a cookie holds and that is not over. */
    static Optional<OidcJourney> of(String cookie, Instant now) {
        return Optional.of(cookie)
                .filter(text -> text.matches("[A-Za-z0-9_-]{43}\\.\\d{1,15}\\.[A-Za-z0-9_-]{0,2000}"))
                .map(OidcJourney::new)
                .filter(journey -> journey.isOpen(now));
    }

    private boolean isOpen(Instant now) {
        Instant began = Instant.ofEpochMilli(Long.parseLong(text.split("\\.")[1]));
        return !began.isAfter(now) && now.isBefore(began.plus(LONGEST));
    }

    String state() {
        return derived("state");
    }

    String nonce() {
        return derived("nonce");
    }

    String verifier() {
        return derived("verifier");
    }

    /** RFC 7636, method S256. */
    String challenge() {
        return base64(sha256(verifier()));
    }

    boolean isState(String state) {
        return MessageDigest.isEqual(bytes(state), bytes(state()));
    }

    boolean isNonce(String nonce) {
        return MessageDigest.isEqual(bytes(nonce), bytes(nonce()));
    }

    String returnTo() {
        String path = text.substring(text.lastIndexOf('.') + 1);
        return local(new String(Base64.getUrlDecoder().decode(path), StandardCharsets.UTF_8));
    }

    /** A path of this server and of no other, whatever browsers make of slashes and backslashes; else the start page. */
    private static String local(String path) {
        boolean plain = path.length() <= LONGEST_PATH
                && path.matches("/([A-Za-z0-9._~!$&'()*+,;=:@%?#-][A-Za-z0-9._~!$&'()*+,;=:@%?#/-]*)?");
        return plain ? path : "/";
    }

    private String derived(String label) {
        return base64(sha256("holdfast oidc " + label + " " + text));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public String toString() {
        return "OidcJourney[...]";
    }
}
