package dev.holdfast.server.auth;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyType;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import dev.holdfast.engine.error.Unavailable;
import java.net.URI;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The public keys of an identity provider. Asked for again when they are old, or when a token names one that is not known: then
 * the provider may have changed them; but not more often than every few seconds, whatever tokens come. While the provider is
 * away, known keys stay good for a day. Safe for many threads.
 */
final class ProviderKeys {
    private static final Duration FRESH = Duration.ofHours(1);
    private static final Duration USABLE = Duration.ofDays(1);
    private static final Duration PAUSE = Duration.ofSeconds(10);
    private static final int LEAST_RSA_BITS = 2048;

    private final OidcHttp http;
    private final Supplier<URI> place;
    private final InstantSource clock;

    private List<JWK> keys = List.of();
    private Instant fetched = Instant.MIN;
    private Instant tried = Instant.MIN;

    ProviderKeys(OidcHttp http, Supplier<URI> place, InstantSource clock) {
        this.http = http;
        this.place = place;
        this.clock = clock;
    }

    /**
     * The key that a token was signed with, as its header says.
     *
     * @throws Unavailable (SERVER_UNAVAILABLE) if no key of the provider is known and it cannot be asked
     */
    synchronized Optional<JWK> key(JWSHeader header) {
        if (isOlderThan(FRESH)) {
            refresh();
        }
        Optional<JWK> known = known(header);
        if (known.isPresent() || !mayTry()) {
            return known;
        }
        refresh();
        return known(header);
    }

    private boolean isOlderThan(Duration age) {
        return fetched.equals(Instant.MIN) || fetched.plus(age).isBefore(clock.instant());
    }

    private boolean mayTry() {
        return tried.equals(Instant.MIN) || !tried.plus(PAUSE).isAfter(clock.instant());
    }

    private void refresh() {
        if (mayTry()) {
            tried = clock.instant();
            try {
                keys = parse(http.get(place.get(), Optional.empty()));
                fetched = tried;
                return;
            } catch (Unavailable e) {
                refuseIfTooOld(e);
                return;
            }
        }
        refuseIfTooOld(OidcHttp.away(place.get(), "it did not answer a moment ago", null));
    }

    private void refuseIfTooOld(Unavailable why) {
        if (isOlderThan(USABLE)) {
            throw why;
        }
    }

    private List<JWK> parse(String json) {
        try {
            return JWKSet.parse(json).getKeys().stream()
                    .filter(ProviderKeys::mayVerify)
                    .toList();
        } catch (ParseException e) {
            throw OidcHttp.away(place.get(), "its keys cannot be understood", e);
        }
    }

    /** Public keys for signatures, not secrets that a token could be forged with, and none that is too short. */
    private static boolean mayVerify(JWK key) {
        boolean kind = key instanceof RSAKey rsa
                ? rsa.size() >= LEAST_RSA_BITS
                : key.getKeyType().equals(KeyType.EC);
        return kind && (key.getKeyUse() == null || key.getKeyUse().equals(KeyUse.SIGNATURE));
    }

    private Optional<JWK> known(JWSHeader header) {
        List<JWK> fitting = keys.stream()
                .filter(key -> fits(key, header.getAlgorithm()))
                .filter(key -> header.getKeyID() == null || header.getKeyID().equals(key.getKeyID()))
                .toList();
        return fitting.size() == 1 ? Optional.of(fitting.getFirst()) : Optional.empty();
    }

    private static boolean fits(JWK key, JWSAlgorithm algorithm) {
        boolean family =
                (JWSAlgorithm.Family.RSA.contains(algorithm) && key.getKeyType().equals(KeyType.RSA))
                        || (JWSAlgorithm.Family.EC.contains(algorithm)
                                && key.getKeyType().equals(KeyType.EC));
        return family && (key.getAlgorithm() == null || key.getAlgorithm().equals(algorithm));
    }
}
