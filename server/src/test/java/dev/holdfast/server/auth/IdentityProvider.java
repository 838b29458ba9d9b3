package dev.holdfast.server.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import tools.jackson.databind.json.JsonMapper;

/**
 * An identity provider that speaks OpenID Connect over HTTP: discovery, authorization code with PKCE (S256), client
 * authentication, keys, user info. It is strict where a real one is; what a dishonest one would do can be switched on.
 */
final class IdentityProvider implements AutoCloseable {
    static final String CLIENT = "holdfast client";
    static final String SECRET = "s3cret/with+odd=chars %";
    static final URI REDIRECT = URI.create("https://backup.example.org/api/v1/oidc/callback");

    private record Code(Map<String, String> request, String subject) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final InstantSource clock;
    private final Map<String, Code> codes = new HashMap<>();
    final AtomicInteger keysAsked = new AtomicInteger();

    JWK key = rsa("first");
    String subject = "subject-1";
    Map<String, Object> person = new LinkedHashMap<>(Map.of("preferred_username", "dave", "groups", List.of("ops")));
    Map<String, Object> userInfo = new LinkedHashMap<>();
    UnaryOperator<JWTClaimsSet.Builder> idToken = claims -> claims;
    UnaryOperator<String> signed = jwt -> jwt;
    UnaryOperator<Map<String, Object>> discovery = document -> document;
    boolean broken;
    String authentication = "client_secret_basic";

    IdentityProvider(InstantSource clock) {
        this.clock = clock;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        serve("/realm/.well-known/openid-configuration", this::discovery);
        serve("/realm/authorize", this::authorize);
        serve("/realm/token", this::token);
        serve("/realm/keys", this::keys);
        serve("/realm/userinfo", this::userInfo);
        server.start();
    }

    URI issuer() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/realm");
    }

    static RSAKey rsa(String kid) {
        try {
            return new RSAKeyGenerator(2048).keyID(kid).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    static ECKey ec(String kid) {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID(kid).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private interface Page {
        void answer(HttpExchange exchange) throws Exception;
    }

    private void serve(String path, Page page) {
        server.createContext(path, exchange -> {
            try (exchange) {
                if (broken) {
                    send(exchange, 503, "{}");
                    return;
                }
                page.answer(exchange);
            } catch (Exception e) {
                send(exchange, 500, String.valueOf(e));
            }
        });
    }

    private void discovery(HttpExchange exchange) throws IOException {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("issuer", issuer().toString());
        document.put("authorization_endpoint", issuer() + "/authorize");
        document.put("token_endpoint", issuer() + "/token");
        document.put("jwks_uri", issuer() + "/keys");
        document.put("userinfo_endpoint", issuer() + "/userinfo");
        document.put("token_endpoint_auth_methods_supported", List.of(authentication));
        document.put("code_challenge_methods_supported", List.of("S256"));
        send(exchange, 200, JsonMapper.shared().writeValueAsString(discovery.apply(document)));
    }

    /** The person signs in at once. */
    private synchronized void authorize(HttpExchange exchange) throws IOException {
        Map<String, String> request = parameters(exchange.getRequestURI().getRawQuery());
        boolean sound = "code".equals(request.get("response_type"))
                && CLIENT.equals(request.get("client_id"))
                && REDIRECT.toString().equals(request.get("redirect_uri"))
                && "S256".equals(request.get("code_challenge_method"))
                && List.of(request.getOrDefault("scope", "").split(" ")).contains("openid")
                && request.containsKey("state")
                && request.containsKey("nonce");
        if (!sound) {
            send(exchange, 400, "what is this: " + request);
            return;
        }
        String code = UUID.randomUUID().toString();
        codes.put(code, new Code(request, subject));
        exchange.getResponseHeaders()
                .add(
                        "Location",
                        REDIRECT + "?code=" + code + "&state="
                                + URLEncoder.encode(request.get("state"), StandardCharsets.UTF_8) + "&iss="
                                + URLEncoder.encode(issuer().toString(), StandardCharsets.UTF_8));
        exchange.sendResponseHeaders(302, -1);
    }

    private synchronized void token(HttpExchange exchange) throws Exception {
        Map<String, String> form =
                parameters(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        if (!isOurClient(exchange, form)) {
            send(exchange, 401, "{\"error\":\"invalid_client\"}");
            return;
        }
        Code code = codes.remove(form.getOrDefault("code", "")); // good for one use
        boolean sound = code != null
                && "authorization_code".equals(form.get("grant_type"))
                && REDIRECT.toString().equals(form.get("redirect_uri"))
                && challenge(form.getOrDefault("code_verifier", ""))
                        .equals(code.request().get("code_challenge"));
        if (!sound) {
            send(exchange, 400, "{\"error\":\"invalid_grant\"}");
            return;
        }
        JWTClaimsSet.Builder claims = claims(code.subject())
                .audience(CLIENT)
                .claim("nonce", code.request().get("nonce"));
        person.forEach(claims::claim);
        String id = signed.apply(sign(idToken.apply(claims).build(), key));
        send(
                exchange,
                200,
                JsonMapper.shared()
                        .writeValueAsString(Map.of(
                                "token_type", "Bearer", "access_token", "opaque-" + code.subject(), "id_token", id)));
    }

    private boolean isOurClient(HttpExchange exchange, Map<String, String> form) {
        if (authentication.equals("client_secret_post")) {
            return CLIENT.equals(form.get("client_id")) && SECRET.equals(form.get("client_secret"));
        }
        String header = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
        String[] pair = header.startsWith("Basic ")
                ? new String(Base64.getDecoder().decode(header.substring(6)), StandardCharsets.UTF_8).split(":", 2)
                : new String[] {"", ""};
        return CLIENT.equals(decoded(pair[0])) && SECRET.equals(decoded(pair[1]));
    }

    private void keys(HttpExchange exchange) throws IOException {
        keysAsked.incrementAndGet();
        send(exchange, 200, new JWKSet(key.toPublicJWK()).toString());
    }

    private void userInfo(HttpExchange exchange) throws IOException {
        if (!("Bearer opaque-" + subject).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            send(exchange, 401, "{}");
            return;
        }
        Map<String, Object> info = new LinkedHashMap<>(Map.of("sub", subject));
        info.putAll(userInfo);
        send(exchange, 200, JsonMapper.shared().writeValueAsString(info));
    }

    /** The claims that every token of this provider has. */
    JWTClaimsSet.Builder claims(String who) {
        return new JWTClaimsSet.Builder()
                .issuer(issuer().toString())
                .subject(who)
                .issueTime(Date.from(clock.instant()))
                .expirationTime(Date.from(clock.instant().plus(Duration.ofMinutes(5))));
    }

    /** An access token in the form of RFC 9068. */
    String accessToken(String audience, UnaryOperator<JWTClaimsSet.Builder> change) {
        JWTClaimsSet.Builder claims = claims(subject).audience(audience);
        person.forEach(claims::claim);
        return sign(change.apply(claims).build(), key);
    }

    static String sign(JWTClaimsSet claims, JWK key) {
        try {
            boolean rsa = key instanceof RSAKey;
            SignedJWT jwt = new SignedJWT(
                    new JWSHeader.Builder(rsa ? JWSAlgorithm.RS256 : JWSAlgorithm.ES256)
                            .keyID(key.getKeyID())
                            .build(),
                    claims);
            jwt.sign(rsa ? new RSASSASigner(key.toRSAKey()) : new ECDSASigner(key.toECKey()));
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String challenge(String verifier) throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
    }

    static Map<String, String> parameters(String query) {
        Map<String, String> parameters = new HashMap<>();
        for (String pair : query.split("&")) {
            String[] halves = pair.split("=", 2);
            parameters.put(decoded(halves[0]), decoded(halves[1]));
        }
        return parameters;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
