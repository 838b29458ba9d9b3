package dev.holdfast.server.auth;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.holdfast.control.access.Access;
import dev.holdfast.control.access.Actor;
import dev.holdfast.control.access.AuditEntry;
import dev.holdfast.control.access.Caller;
import dev.holdfast.control.access.Credential;
import dev.holdfast.control.access.Grant;
import dev.holdfast.control.access.Origin;
import dev.holdfast.control.access.Outcome;
import dev.holdfast.control.access.Principal;
import dev.holdfast.control.access.User;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.server.auth.ProviderTokens.Unsound;
import dev.holdfast.server.auth.ProviderTokens.Verified;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sign-in at an identity provider by OpenID Connect: authorization code with PKCE, state and nonce; the user's groups there say
 * what the user may do here, anew at every sign-in. Nothing is asked of the provider before somebody uses it. Safe for many
 * threads.
 */
public final class Oidc {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Cookie COOKIE = new Cookie("holdfast-oidc", "Lax"); // the way back comes from another site
    private static final Duration METADATA_FRESH = Duration.ofHours(24);

    private final OidcConfig config;
    private final Access access;
    private final InstantSource clock;
    private final OidcHttp http = new OidcHttp();
    private final ProviderTokens tokens;
    private volatile @Nullable Discovered discovered;

    public Oidc(OidcConfig config, Access access, InstantSource clock) {
        this.config = config;
        this.access = access;
        this.clock = clock;
        this.tokens = new ProviderTokens(
                config.issuer().toString(),
                new ProviderKeys(http, () -> metadata().keys(), clock),
                clock);
    }

    /**
     * Where to send a browser.
     *
     * @param location at the provider
     * @param setCookie the header {@code Set-Cookie} that has to go with it
     */
    public record Begun(URI location, String setCookie) {}

    /**
     * Begins a sign-in.
     *
     * @param returnTo the path where the browser was going; anything else becomes the start page
     * @throws Unavailable (SERVER_UNAVAILABLE) if the provider does not answer
     */
    public Begun begin(String returnTo, boolean secure) {
        OidcJourney journey = OidcJourney.begin(returnTo, clock.instant());
        Map<String, String> query = new LinkedHashMap<>();
        query.put("response_type", "code");
        query.put("client_id", config.clientId());
        query.put("redirect_uri", config.redirect().toString());
        ProviderMetadata metadata = metadata();
        query.put("scope", config.scopes().stream().filter(metadata::mayKnow).collect(Collectors.joining(" ")));
        query.put("state", journey.state());
        query.put("nonce", journey.nonce());
        query.put("code_challenge", journey.challenge());
        query.put("code_challenge_method", "S256");
        String endpoint = metadata.authorization().toString();
        URI location = URI.create(endpoint + (endpoint.contains("?") ? "&" : "?") + OidcHttp.encoded(query));
        return new Begun(location, COOKIE.set(journey.text(), OidcJourney.LONGEST, secure));
    }

    /** The header {@code Set-Cookie} that ends a sign-in; to be sent with whatever comes of it. */
    public static String clearCookie(boolean secure) {
        return COOKIE.clear(secure);
    }

    /**
     * Ends a sign-in when the browser comes back.
     *
     * @param query the parameters of the call-back; of each name the only value
     * @throws Unavailable (SERVER_UNAVAILABLE) if the provider does not answer
     */
    public OidcResult finish(Map<String, String> query, WebRequest request, Caller caller) {
        try {
            OidcJourney journey = COOKIE.in(request)
                    .flatMap(cookie -> OidcJourney.of(cookie, clock.instant()))
                    .filter(j -> j.isState(query.getOrDefault("state", "")))
                    .orElseThrow(() -> new Unsound("this browser did not begin it, or too long ago"));
            return admitted(claims(journey, query), journey, caller);
        } catch (Unsound e) {
            audit(Actor.UNKNOWN, "(unknown)", caller, Outcome.REFUSED, String.valueOf(e.getMessage()));
            return new OidcResult.Refused(String.valueOf(e.getMessage()));
        }
    }

    /** Who an access token of the provider stands for, if such tokens are taken. */
    Optional<Principal> bearer(String token) {
        return config.bearerAudience().flatMap(audience -> bearer(token, audience));
    }

    private Optional<Principal> bearer(String token, String audience) {
        try {
            Verified verified = tokens.verify(token, audience);
            return isAccessToken(verified) ? user(document(verified.claims())).map(this::principal) : Optional.empty();
        } catch (Unsound e) {
            return Optional.empty();
        }
    }

    /** An id token tells a client who signed in; it must not open doors, even where the audience is the same. */
    private static boolean isAccessToken(Verified verified) {
        JWTClaimsSet claims = verified.claims();
        return claims.getClaim("nonce") == null
                && claims.getClaim("at_hash") == null
                && !Objects.equals(claims.getClaim("typ"), "ID");
    }

    private Principal principal(User user) {
        return new Principal(
                user.id(),
                user.name(),
                user.grant(),
                new Credential.OfProvider(config.issuer().toString()));
    }

    private OidcResult admitted(JsonNode claims, OidcJourney journey, Caller caller) {
        Optional<User> user = user(claims);
        if (user.isEmpty()) {
            audit(Actor.UNKNOWN, name(claims), caller, Outcome.REFUSED, "no group of the user may do anything here");
            return new OidcResult.NotAllowed();
        }
        access.users().noteSignIn(user.orElseThrow().id());
        audit(Actor.of(user.orElseThrow()), name(claims), caller, Outcome.DONE, "");
        return new OidcResult.Accepted(user.orElseThrow(), journey.returnTo());
    }

    /** The user here that the claims lead to, made or changed as they say; empty if they lead to none who may get in. */
    private Optional<User> user(JsonNode claims) {
        Origin.Provider origin = new Origin.Provider(
                config.issuer().toString(), claims.path("sub").asString(""));
        Optional<Grant> grant = config.grant(groups(claims));
        if (grant.isEmpty()) {
            access.users().shutOut(origin);
        }
        return grant.map(g -> access.users().admit(origin, name(claims), g)).filter(User::enabled);
    }

    private String name(JsonNode claims) {
        return claims.path(config.nameClaim())
                .asString(claims.path("email").asString(claims.path("sub").asString("")));
    }

    private Set<String> groups(JsonNode claims) {
        JsonNode found = claims.path(config.groupsClaim());
        if (found.isMissingNode()) {
            found = claims;
            for (String step : config.groupsClaim().split("\\.")) {
                found = found.path(step);
            }
        }
        Set<String> groups = new TreeSet<>();
        if (found.isString()) {
            groups.add(found.asString());
        }
        found.forEach(group -> groups.add(group.asString("")));
        return groups;
    }

    private JsonNode claims(OidcJourney journey, Map<String, String> query) throws Unsound {
        if (query.containsKey("error") || !query.containsKey("code")) {
            throw new Unsound("the provider says '" + query.getOrDefault("error", "nothing") + "'");
        }
        // RFC 9207: who answers, where the provider says so
        if (!query.getOrDefault("iss", config.issuer().toString())
                .equals(config.issuer().toString())) {
            throw new Unsound("another provider answered");
        }
        JsonNode answer = exchanged(query.getOrDefault("code", ""), journey);
        Verified id = tokens.verify(answer.path("id_token").asString(""), config.clientId());
        checkIdToken(id.claims(), journey);
        JsonNode claims = document(id.claims());
        return groups(claims).isEmpty()
                ? withUserInfo(claims, answer.path("access_token").asString(""))
                : claims;
    }

    private void checkIdToken(JWTClaimsSet claims, OidcJourney journey) throws Unsound {
        if (!journey.isNonce(String.valueOf(claims.getClaim("nonce")))) {
            throw new Unsound("the id token is of another sign-in");
        }
        Object party = claims.getClaim("azp");
        boolean several = claims.getAudience().size() > 1;
        if (party == null ? several : !config.clientId().equals(party)) {
            throw new Unsound("the id token was made for another client");
        }
    }

    private JsonNode exchanged(String code, OidcJourney journey) throws Unsound {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", "authorization_code");
        form.put("code", code);
        form.put("redirect_uri", config.redirect().toString());
        form.put("code_verifier", journey.verifier());
        ProviderMetadata metadata = metadata();
        Optional<String> authorization = authorization(metadata);
        if (authorization.isEmpty()) {
            form.put("client_id", config.clientId());
            config.clientSecret().ifPresent(secret -> form.put("client_secret", secret.text()));
        }
        HttpResponse<String> answer = http.post(metadata.token(), form, authorization);
        if (answer.statusCode() / 100 == 5) {
            throw OidcHttp.away(metadata.token(), "it answers " + answer.statusCode(), null);
        }
        if (answer.statusCode() != 200) {
            throw new Unsound("the provider did not take the code: it answers " + answer.statusCode());
        }
        return json(answer.body());
    }

    /** RFC 6749, section 2.3.1, unless the provider only takes the secret in the form. */
    private Optional<String> authorization(ProviderMetadata metadata) {
        List<String> ways = metadata.authentication();
        boolean inForm = !ways.isEmpty() && !ways.contains("client_secret_basic");
        return config.clientSecret().filter(_ -> !inForm).map(secret -> {
            String pair = OidcHttp.encoded(config.clientId()) + ":" + OidcHttp.encoded(secret.text());
            return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
        });
    }

    /** What the provider says more, where the id token has no groups; only if it says it of the same user. */
    private JsonNode withUserInfo(JsonNode claims, String accessToken) throws Unsound {
        Optional<URI> place = metadata().userInfo();
        if (place.isEmpty() || accessToken.isEmpty()) {
            return claims;
        }
        JsonNode info = json(http.get(place.orElseThrow(), Optional.of(accessToken)));
        if (!info.path("sub").asString("").equals(claims.path("sub").asString(""))) {
            throw new Unsound("the provider told about another user");
        }
        return info;
    }

    private static JsonNode document(JWTClaimsSet claims) {
        return JSON.readTree(claims.toString());
    }

    private static JsonNode json(String text) throws Unsound {
        try {
            return JSON.readTree(text);
        } catch (JacksonException e) {
            throw new Unsound("the provider's answer is not JSON");
        }
    }

    private record Discovered(ProviderMetadata metadata, Instant at) {}

    private ProviderMetadata metadata() {
        Discovered known = discovered;
        if (known == null || known.at().plus(METADATA_FRESH).isBefore(clock.instant())) {
            known = new Discovered(
                    ProviderMetadata.parse(http.get(wellKnown(), Optional.empty()), config.issuer()), clock.instant());
            discovered = known;
        }
        return known.metadata();
    }

    private URI wellKnown() {
        String issuer = config.issuer().toString();
        String base = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
        return URI.create(base + "/.well-known/openid-configuration");
    }

    private void audit(Actor actor, String name, Caller caller, Outcome outcome, String detail) {
        access.audit()
                .record(new AuditEntry(
                        actor, "sign-in.provider", "user " + name, Optional.empty(), caller, outcome, detail));
    }
}
