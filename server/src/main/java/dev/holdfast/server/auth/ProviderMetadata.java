package dev.holdfast.server.auth;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an identity provider says of itself at {@code /.well-known/openid-configuration}.
 *
 * @param authorization where browsers are sent
 * @param token where a code becomes tokens
 * @param keys where its public keys are
 * @param userInfo where more claims are
 * @param authentication the ways in which a client may show its secret
 * @param scopes those it names; it may know more
 */
record ProviderMetadata(
        URI authorization,
        URI token,
        URI keys,
        Optional<URI> userInfo,
        List<String> authentication,
        List<String> scopes) {
    private static final JsonMapper JSON = JsonMapper.shared();

    /** Reads it, and refuses what another provider says. */
    static ProviderMetadata parse(String json, URI issuer) {
        try {
            JsonNode document = JSON.readTree(json);
            if (!issuer.toString().equals(document.path("issuer").asString(""))) {
                throw OidcHttp.away(
                        issuer, "it calls itself '" + document.path("issuer").asString("") + "'", null);
            }
            return new ProviderMetadata(
                    required(document, "authorization_endpoint", issuer),
                    required(document, "token_endpoint", issuer),
                    required(document, "jwks_uri", issuer),
                    url(document, "userinfo_endpoint"),
                    texts(document.path("token_endpoint_auth_methods_supported")),
                    texts(document.path("scopes_supported")));
        } catch (JacksonException | IllegalArgumentException e) {
            throw OidcHttp.away(issuer, "what it says of itself cannot be understood", e);
        }
    }

    /** Whether the provider can be asked for a scope: some answer with an error to one that they do not know. */
    boolean mayKnow(String scope) {
        return !scope.equals(OidcConfig.GROUPS) || scopes.isEmpty() || scopes.contains(scope);
    }

    private static URI required(JsonNode document, String field, URI issuer) {
        return url(document, field)
                .filter(OidcHttp::isSafe)
                .orElseThrow(() -> OidcHttp.away(issuer, "its '" + field + "' is missing or not by https", null));
    }

    private static Optional<URI> url(JsonNode document, String field) {
        String text = document.path(field).asString("");
        return text.isEmpty() ? Optional.empty() : Optional.of(URI.create(text));
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(node -> node.asString(""))
                .toList();
    }
}
