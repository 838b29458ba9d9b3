package dev.holdfast.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.holdfast.control.access.AuditFilter;
import dev.holdfast.control.access.Credential;
import dev.holdfast.control.access.Grant;
import dev.holdfast.control.access.NewUser;
import dev.holdfast.control.access.OpenedSession;
import dev.holdfast.control.access.Outcome;
import dev.holdfast.control.access.Principal;
import dev.holdfast.control.access.Role;
import dev.holdfast.control.access.User;
import dev.holdfast.control.config.Secret;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Unavailable;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OidcTest {
    private static final String AUDIENCE = "holdfast-api";

    @TempDir
    Path folder;

    private final HttpClient browser = HttpClient.newHttpClient();
    private Stage stage;
    private IdentityProvider provider;
    private Oidc oidc;

    @BeforeEach
    void open() {
        stage = new Stage(folder);
        provider = new IdentityProvider(stage.clock);
        oidc = new Oidc(config("groups"), stage.access, stage.clock);
    }

    @AfterEach
    void close() {
        browser.close();
        provider.close();
        stage.close();
    }

    private OidcConfig config(String groupsClaim) {
        return new OidcConfig(
                provider.issuer(),
                IdentityProvider.CLIENT,
                Optional.of(new Secret(IdentityProvider.SECRET)),
                IdentityProvider.REDIRECT,
                OidcConfig.DEFAULT_SCOPES,
                OidcConfig.DEFAULT_NAME_CLAIM,
                groupsClaim,
                List.of(
                        new OidcConfig.GroupRule("ops", Grant.everywhere(Role.OPERATOR)),
                        new OidcConfig.GroupRule("admins", Grant.everywhere(Role.ADMIN)),
                        new OidcConfig.GroupRule("shop", Stage.on(Role.OPERATOR, "shop")),
                        new OidcConfig.GroupRule("blog", Stage.on(Role.OPERATOR, "blog")),
                        new OidcConfig.GroupRule("look", Grant.everywhere(Role.VIEWER))),
                Optional.of(AUDIENCE));
    }

    /** A browser that was sent to the provider and is on its way back. */
    private record Return(String cookie, Map<String, String> query) {}

    private Return atProvider(String returnTo) throws Exception {
        Oidc.Begun begun = oidc.begin(returnTo, true);
        HttpResponse<String> answer =
                browser.send(HttpRequest.newBuilder(begun.location()).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(302);
        URI back = URI.create(answer.headers().firstValue("Location").orElseThrow());
        assertThat(back.toString()).startsWith(IdentityProvider.REDIRECT + "?");
        return new Return(Stage.cookie(begun.setCookie()), IdentityProvider.parameters(back.getRawQuery()));
    }

    private OidcResult finish(Return back) {
        return oidc.finish(back.query(), Stage.request("GET", "Cookie", back.cookie()), Stage.HOME);
    }

    private OidcResult signIn() throws Exception {
        return finish(atProvider("/"));
    }

    private User accepted() throws Exception {
        return ((OidcResult.Accepted) signIn()).user();
    }

    private void assertRefused(String why, OidcResult result) {
        assertThat(result)
                .isInstanceOfSatisfying(
                        OidcResult.Refused.class,
                        refused -> assertThat(refused.why()).contains(why));
        assertThat(stage.access.users().list(Optional.empty(), 10)).isEmpty();
        assertThat(stage.access
                        .audit()
                        .list(AuditFilter.ALL, Optional.empty(), 1)
                        .getFirst()
                        .entry()
                        .outcome())
                .isEqualTo(Outcome.REFUSED);
    }

    private void assertRefusedWith(String why, UnaryOperator<JWTClaimsSet.Builder> change) throws Exception {
        provider.idToken = change;
        assertRefused(why, signIn());
    }

    @Test
    void a_member_of_a_group_signs_in_and_goes_where_the_browser_was_going() throws Exception {
        OidcResult result = finish(atProvider("/stacks/shop?tab=runs"));
        assertThat(result).isInstanceOfSatisfying(OidcResult.Accepted.class, accepted -> {
            assertThat(accepted.user().name()).isEqualTo("dave");
            assertThat(accepted.user().grant()).isEqualTo(Grant.everywhere(Role.OPERATOR));
            assertThat(accepted.returnTo()).isEqualTo("/stacks/shop?tab=runs");
        });
    }

    @Test
    void the_same_person_is_the_same_user_with_the_groups_of_now() throws Exception {
        User first = accepted();
        provider.person.put("groups", List.of("shop", "blog", "look", "unheard-of"));
        provider.person.put("preferred_username", "david");
        User second = accepted();
        assertThat(second.id()).isEqualTo(first.id());
        assertThat(second.grant()).isEqualTo(Stage.on(Role.OPERATOR, "blog", "shop"));
        provider.person.put("groups", "admins");
        assertThat(accepted().grant()).isEqualTo(Grant.everywhere(Role.ADMIN));
    }

    @Test
    void who_is_in_no_group_does_not_get_in_and_loses_what_was_held() throws Exception {
        User dave = accepted();
        OpenedSession session = stage.session(dave);
        provider.person.put("groups", List.of("OPS", "op", "ops "));
        assertThat(signIn()).isInstanceOf(OidcResult.NotAllowed.class);
        assertThat(stage.access.sessions().principal(session.secret().text())).isEmpty();
        provider.person.remove("groups");
        assertThat(signIn()).isInstanceOf(OidcResult.NotAllowed.class);
    }

    @Test
    void a_stranger_without_a_group_leaves_no_user_behind() throws Exception {
        provider.person.put("groups", List.of());
        assertThat(signIn()).isInstanceOf(OidcResult.NotAllowed.class);
        assertThat(stage.access.users().list(Optional.empty(), 10)).isEmpty();
    }

    @Test
    void a_user_who_was_disabled_here_stays_out() throws Exception {
        stage.access.users().disable(accepted().id());
        assertThat(signIn()).isInstanceOf(OidcResult.NotAllowed.class);
    }

    @Test
    void a_person_called_like_a_user_of_our_own_is_not_that_user() throws Exception {
        User own = stage.access.users().create(new NewUser("dave", Optional.empty(), Grant.everywhere(Role.ADMIN)));
        User theirs = accepted();
        assertThat(theirs.id()).isNotEqualTo(own.id());
        assertThat(theirs.grant()).isEqualTo(Grant.everywhere(Role.OPERATOR));
    }

    @Test
    void groups_may_be_deep_in_the_claims_or_only_in_the_user_info() throws Exception {
        provider.person.remove("groups");
        provider.person.put("realm_access", Map.of("roles", List.of("shop")));
        oidc = new Oidc(config("realm_access.roles"), stage.access, stage.clock);
        assertThat(accepted().grant()).isEqualTo(Stage.on(Role.OPERATOR, "shop"));
        oidc = new Oidc(config("groups"), stage.access, stage.clock);
        provider.userInfo.put("groups", List.of("look"));
        assertThat(accepted().grant()).isEqualTo(Grant.everywhere(Role.VIEWER));
    }

    @Test
    void user_info_about_somebody_else_is_refused() throws Exception {
        provider.person.remove("groups");
        provider.userInfo.putAll(Map.of("sub", "subject-2", "groups", List.of("admins")));
        assertRefused("another user", signIn());
    }

    @Test
    void the_secret_goes_into_the_form_where_the_provider_wants_it_there() throws Exception {
        provider.authentication = "client_secret_post";
        assertThat(accepted().name()).isEqualTo("dave");
    }

    @Test
    void no_scope_is_asked_for_that_the_provider_would_refuse() {
        assertThat(oidc.begin("/", true).location().toString()).contains("scope=openid+profile+email+groups&");
        provider.discovery = document -> {
            document.put("scopes_supported", List.of("openid", "profile"));
            return document;
        };
        oidc = new Oidc(config("groups"), stage.access, stage.clock);
        assertThat(oidc.begin("/", true).location().toString()).contains("scope=openid+profile+email&");
    }

    @Test
    void a_wrong_state_is_refused() throws Exception {
        Return back = atProvider("/");
        for (String state : List.of("", "x", back.query().get("state") + "x")) {
            Map<String, String> query = new HashMap<>(back.query());
            query.put("state", state);
            assertRefused("this browser did not begin it", finish(new Return(back.cookie(), query)));
        }
    }

    @Test
    void nobody_is_signed_in_by_a_link_that_somebody_else_began() throws Exception {
        Return attackers = atProvider("/");
        Return victims = atProvider("/");
        assertRefused("did not begin it", finish(new Return(victims.cookie(), attackers.query())));
        assertRefused("did not begin it", oidc.finish(attackers.query(), Stage.request("GET"), Stage.HOME));
        assertRefused(
                "did not begin it",
                finish(new Return(attackers.cookie() + "; " + victims.cookie(), attackers.query())));
    }

    @Test
    void a_cookie_that_was_changed_does_not_count() throws Exception {
        Return back = atProvider("/");
        String evil =
                Base64.getUrlEncoder().withoutPadding().encodeToString("/elsewhere".getBytes(StandardCharsets.UTF_8));
        String changed = back.cookie().substring(0, back.cookie().lastIndexOf('.') + 1) + evil;
        assertRefused("did not begin it", finish(new Return(changed, back.query())));
    }

    @Test
    void a_sign_in_that_takes_too_long_begins_anew() throws Exception {
        Return back = atProvider("/");
        stage.clock.advance(OidcJourney.LONGEST);
        assertRefused("too long ago", finish(back));
    }

    @Test
    void a_code_is_good_once() throws Exception {
        Return back = atProvider("/");
        assertThat(finish(back)).isInstanceOf(OidcResult.Accepted.class);
        assertThat(finish(back)).isInstanceOf(OidcResult.Refused.class);
    }

    @Test
    void a_stolen_code_is_worth_nothing_without_the_browser_that_began() throws Exception {
        Return stolen = atProvider("/");
        Return own = atProvider("/");
        Map<String, String> query = new HashMap<>(own.query());
        query.put("code", stolen.query().get("code"));
        assertRefused("did not take the code", finish(new Return(own.cookie(), query)));
    }

    @Test
    void a_wrong_nonce_is_refused() throws Exception {
        assertRefusedWith("another sign-in", claims -> claims.claim("nonce", "other"));
        assertRefusedWith("another sign-in", claims -> claims.claim("nonce", null));
    }

    @Test
    void a_wrong_issuer_is_refused() throws Exception {
        assertRefusedWith("another provider", claims -> claims.issuer("http://127.0.0.1:1/realm"));
        assertRefusedWith("another provider", claims -> claims.issuer(null));
        provider.idToken = claims -> claims;
        Return back = atProvider("/");
        Map<String, String> query = new HashMap<>(back.query());
        query.put("iss", "https://evil.example");
        assertRefused("another provider answered", finish(new Return(back.cookie(), query)));
    }

    @Test
    void a_wrong_audience_is_refused() throws Exception {
        assertRefusedWith("another audience", claims -> claims.audience("other"));
        assertRefusedWith("another client", claims -> claims.audience(List.of(IdentityProvider.CLIENT, "other")));
        assertRefusedWith("another client", claims -> claims.claim("azp", "other"));
    }

    @Test
    void an_expired_token_is_refused() throws Exception {
        assertRefusedWith("expired", claims -> claims.expirationTime(in(Duration.ofMinutes(-1))));
        assertRefusedWith("expired", claims -> claims.expirationTime(null));
        assertRefusedWith("future", claims -> claims.issueTime(in(Duration.ofSeconds(61))));
        assertRefusedWith("future", claims -> claims.notBeforeTime(in(Duration.ofSeconds(61))));
        provider.idToken = claims -> claims.expirationTime(in(Duration.ofSeconds(-59)));
        assertThat(accepted().name()).isEqualTo("dave");
    }

    @Test
    void an_unknown_key_is_refused() throws Exception {
        RSAKey theirs = IdentityProvider.rsa("theirs");
        provider.signed = jwt -> IdentityProvider.sign(claimsOf(jwt), theirs);
        assertRefused("not one of the provider's", signIn());
        RSAKey sameName = IdentityProvider.rsa("first");
        provider.signed = jwt -> IdentityProvider.sign(claimsOf(jwt), sameName);
        assertRefused("signature is wrong", signIn());
    }

    @Test
    void a_swapped_signature_is_refused() throws Exception {
        String other = IdentityProvider.sign(
                provider.claims("subject-2").audience(IdentityProvider.CLIENT).build(), provider.key);
        provider.signed = jwt -> jwt.substring(0, jwt.lastIndexOf('.')) + other.substring(other.lastIndexOf('.'));
        assertRefused("signature is wrong", signIn());
    }

    @Test
    void an_unsigned_token_is_refused() throws Exception {
        provider.signed = jwt -> base64("{\"alg\":\"none\"}") + "." + jwt.split("\\.")[1] + ".";
        assertRefused("not a signed token", signIn());
        provider.signed = jwt -> "";
        assertRefused("not a signed token", signIn());
    }

    @Test
    void the_public_key_is_no_secret_to_sign_with() throws Exception {
        byte[] publicKey = provider.key.toRSAKey().toRSAPublicKey().getEncoded();
        provider.signed = jwt -> {
            try {
                SignedJWT forged = new SignedJWT(
                        new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("first").build(), claimsOf(jwt));
                forged.sign(new MACSigner(publicKey));
                return forged.serialize();
            } catch (JOSEException e) {
                throw new IllegalStateException(e);
            }
        };
        assertRefused("algorithm is not allowed", signIn());
    }

    @Test
    void the_provider_may_say_that_it_did_not_work() throws Exception {
        Return back = atProvider("/");
        assertRefused(
                "access_denied",
                finish(new Return(
                        back.cookie(), Map.of("state", back.query().get("state"), "error", "access_denied"))));
    }

    @Test
    void keys_are_kept_and_asked_for_again_when_they_change() throws Exception {
        accepted();
        accepted();
        assertThat(provider.keysAsked).hasValue(1);
        provider.key = IdentityProvider.ec("second");
        stage.clock.advance(Duration.ofSeconds(11));
        assertThat(accepted().name()).isEqualTo("dave");
        assertThat(provider.keysAsked).hasValue(2);
        stage.clock.advance(Duration.ofMinutes(61));
        accepted();
        assertThat(provider.keysAsked).hasValue(3);
    }

    @Test
    void tokens_with_made_up_keys_do_not_make_us_ask_without_end() throws Exception {
        accepted();
        RSAKey theirs = IdentityProvider.rsa("theirs");
        String forged = IdentityProvider.sign(
                provider.claims("subject-1").audience(AUDIENCE).build(), theirs);
        for (int i = 0; i < 50; i++) {
            assertThat(oidc.bearer(forged)).isEmpty();
        }
        assertThat(provider.keysAsked).hasValue(1);
        stage.clock.advance(Duration.ofSeconds(11));
        for (int i = 0; i < 50; i++) {
            assertThat(oidc.bearer(forged)).isEmpty();
        }
        assertThat(provider.keysAsked).hasValue(2);
    }

    @Test
    void while_the_provider_is_away_known_keys_stay_good_for_a_day() throws Exception {
        accepted();
        provider.broken = true;
        stage.clock.advance(Duration.ofHours(2));
        assertThat(oidc.bearer(provider.accessToken(AUDIENCE, c -> c))).isPresent();
        stage.clock.advance(Duration.ofHours(23));
        String token = provider.accessToken(AUDIENCE, c -> c);
        assertThatThrownBy(() -> oidc.bearer(token)).isInstanceOf(Unavailable.class);
        assertThatThrownBy(() -> oidc.begin("/", true)).isInstanceOf(Unavailable.class);
        provider.broken = false;
        stage.clock.advance(Duration.ofSeconds(11));
        assertThat(oidc.bearer(token)).isPresent();
    }

    @Test
    void a_provider_that_calls_itself_otherwise_is_not_the_one() {
        provider.discovery = document -> {
            document.put("issuer", "https://evil.example");
            return document;
        };
        assertThatThrownBy(() -> oidc.begin("/", true))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("calls itself 'https://evil.example'");
    }

    @Test
    void nothing_is_asked_for_over_a_wire_that_others_may_change() {
        provider.discovery = document -> {
            document.put("token_endpoint", "http://192.0.2.1/token");
            return document;
        };
        assertThatThrownBy(() -> oidc.begin("/", true))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("token_endpoint");
        assertThatThrownBy(() -> new OidcConfig(
                        URI.create("http://id.example.org"),
                        "c",
                        Optional.empty(),
                        IdentityProvider.REDIRECT,
                        OidcConfig.DEFAULT_SCOPES,
                        "name",
                        "groups",
                        List.of(new OidcConfig.GroupRule("ops", Grant.everywhere(Role.VIEWER))),
                        Optional.empty()))
                .isInstanceOf(Invalid.class);
    }

    @Test
    void a_browser_is_only_ever_sent_back_to_this_server() throws Exception {
        for (String evil : List.of(
                "https://evil.example/",
                "//evil.example/",
                "/\\evil.example/",
                "/\t/evil.example",
                "\\\\evil",
                "javascript:alert(1)",
                "/a\r\nSet-Cookie: x=y",
                "",
                "/" + "x".repeat(2000))) {
            OidcResult result = finish(atProvider(evil));
            assertThat(((OidcResult.Accepted) result).returnTo()).as(evil).isEqualTo("/");
        }
    }

    @Test
    void the_cookie_of_the_journey_is_for_this_host_and_ten_minutes() {
        assertThat(oidc.begin("/", true).setCookie())
                .startsWith("__Host-holdfast-oidc=")
                .endsWith("; Path=/; Max-Age=600; HttpOnly; SameSite=Lax; Secure");
        assertThat(oidc.begin("/", false).setCookie())
                .startsWith("holdfast-oidc=")
                .doesNotContain("Secure");
        assertThat(Oidc.clearCookie(true)).contains("Max-Age=0");
    }

    @Test
    void an_access_token_of_the_provider_is_taken_where_it_is_meant_for_us() throws Exception {
        Principal principal =
                oidc.bearer(provider.accessToken(AUDIENCE, c -> c)).orElseThrow();
        assertThat(principal.name()).isEqualTo("dave");
        assertThat(principal.grant()).isEqualTo(Grant.everywhere(Role.OPERATOR));
        assertThat(principal.credential()).isInstanceOf(Credential.OfProvider.class);
        assertThat(oidc.bearer(provider.accessToken("other", c -> c))).isEmpty();
        assertThat(oidc.bearer(provider.accessToken(AUDIENCE, c -> c.issuer("https://evil.example"))))
                .isEmpty();
        assertThat(oidc.bearer(provider.accessToken(AUDIENCE, c -> c.expirationTime(in(Duration.ofSeconds(-61))))))
                .isEmpty();
        assertThat(oidc.bearer(provider.accessToken(AUDIENCE, c -> c.subject(null))))
                .isEmpty();
        provider.person.put("groups", List.of("nobody"));
        assertThat(oidc.bearer(provider.accessToken(AUDIENCE, c -> c))).isEmpty();
    }

    @Test
    void an_id_token_opens_no_door() {
        assertThat(oidc.bearer(provider.accessToken(IdentityProvider.CLIENT, c -> c.claim("nonce", "n"))))
                .isEmpty();
        assertThat(oidc.bearer(provider.accessToken(AUDIENCE, c -> c.claim("nonce", "n"))))
                .isEmpty();
        assertThat(oidc.bearer(provider.accessToken(AUDIENCE, c -> c.claim("typ", "ID"))))
                .isEmpty();
    }

    @Test
    void the_authenticator_takes_it_beside_our_own() throws Exception {
        JwtSettings settings = JwtSettings.DEFAULT;
        Jwts jwts = new Jwts(stage.access, settings, JwtKeys.open(settings, folder, stage.clock), stage.clock);
        Authenticator authenticator =
                new Authenticator(stage.access, jwts, Optional.of(oidc), new CrossSiteGuard(Optional::empty));
        assertThat(authenticator.identify(
                        Stage.request("POST", "Authorization", "Bearer " + provider.accessToken(AUDIENCE, c -> c))))
                .isInstanceOf(Identity.Known.class);
        assertThat(authenticator.identify(
                        Stage.request("POST", "Authorization", "Bearer " + provider.accessToken("x", c -> c))))
                .isInstanceOf(Identity.Refused.class);
        assertThat(authenticator.identify(Stage.request(
                        "POST",
                        "Authorization",
                        "Bearer " + jwts.issue(accepted()).token().text())))
                .isInstanceOf(Identity.Known.class);
    }

    private Date in(Duration time) {
        return Date.from(stage.clock.instant().plus(time));
    }

    private static JWTClaimsSet claimsOf(String jwt) {
        try {
            return SignedJWT.parse(jwt).getJWTClaimsSet();
        } catch (ParseException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
