package dev.holdfast.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.control.access.Credential;
import dev.holdfast.control.access.Grant;
import dev.holdfast.control.access.IssuedToken;
import dev.holdfast.control.access.OpenedSession;
import dev.holdfast.control.access.Role;
import dev.holdfast.control.access.SessionLimits;
import dev.holdfast.control.access.User;
import dev.holdfast.engine.error.ErrorCode;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuthenticatorTest {
    @TempDir
    Path folder;

    private Stage stage;
    private Jwts jwts;
    private Authenticator authenticator;
    private User alice;

    @BeforeEach
    void open() {
        stage = new Stage(folder);
        jwts = new Jwts(
                stage.access, JwtSettings.DEFAULT, JwtKeys.open(JwtSettings.DEFAULT, folder, stage.clock), stage.clock);
        authenticator = new Authenticator(stage.access, jwts, Optional.empty(), new CrossSiteGuard(Optional::empty));
        alice = stage.user("alice", Stage.on(Role.OPERATOR, "shop"));
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private String cookie(OpenedSession session) {
        return Stage.cookie(SessionCookie.set(session, Duration.ofDays(1), true));
    }

    private void assertIs(Class<? extends Credential> credential, WebRequest request) {
        assertThat(authenticator.identify(request)).isInstanceOfSatisfying(Identity.Known.class, known -> {
            assertThat(known.principal().user()).isEqualTo(alice.id());
            assertThat(known.principal().credential()).isInstanceOf(credential);
        });
    }

    private void assertRefused(ErrorCode code, WebRequest request) {
        assertThat(authenticator.identify(request))
                .isInstanceOfSatisfying(
                        Identity.Refused.class,
                        refused -> assertThat(refused.code()).isEqualTo(code));
    }

    @Test
    void a_request_without_a_credential_is_nobodys() {
        assertThat(authenticator.identify(Stage.request("GET"))).isInstanceOf(Identity.Nobody.class);
        assertThat(authenticator.identify(Stage.request("GET", "Cookie", "theme=dark; other=1")))
                .isInstanceOf(Identity.Nobody.class);
    }

    @Test
    void each_kind_of_credential_is_known() {
        IssuedToken token = stage.token(alice, alice.grant(), Optional.empty());
        assertIs(
                Credential.OfToken.class,
                Stage.request(
                        "POST", "Authorization", "Bearer " + token.secret().text()));
        assertIs(
                Credential.OfJwt.class,
                Stage.request(
                        "POST",
                        "authorization",
                        "bearer " + jwts.issue(alice).token().text()));
        assertIs(Credential.OfSession.class, Stage.request("GET", "Cookie", "a=b; " + cookie(stage.session(alice))));
    }

    @Test
    void a_wrong_or_ended_credential_is_never_treated_as_none() {
        IssuedToken expired = stage.token(alice, alice.grant(), Optional.of(Duration.ofHours(1)));
        String jwt = jwts.issue(alice).token().text();
        String session = cookie(stage.session(alice));
        stage.clock.advance(SessionLimits.DEFAULT.idle().plusSeconds(1));
        for (String header : List.of(
                "Bearer " + expired.secret().text(),
                "Bearer " + jwt,
                "Bearer",
                "Bearer ",
                "Bearer hf_wrong",
                "Bearer a.b.c",
                "Basic YWxpY2U6cGFzc3dvcmQ=",
                "")) {
            assertRefused(ErrorCode.NOT_SIGNED_IN, Stage.request("GET", "Authorization", header));
        }
        assertRefused(ErrorCode.NOT_SIGNED_IN, Stage.request("GET", "Cookie", session));
        assertRefused(ErrorCode.NOT_SIGNED_IN, Stage.request("GET", "Cookie", "__Host-holdfast-session="));
    }

    @Test
    void a_wrong_bearer_is_not_made_good_by_a_cookie_and_two_are_none() {
        String session = cookie(stage.session(alice));
        String token = "Bearer "
                + stage.token(alice, alice.grant(), Optional.empty()).secret().text();
        assertRefused(ErrorCode.NOT_SIGNED_IN, Stage.request("GET", "Cookie", session, "Authorization", "Bearer x"));
        assertRefused(ErrorCode.NOT_SIGNED_IN, Stage.request("GET", "Authorization", token, "Authorization", token));
    }

    @Test
    void a_cookie_alone_changes_nothing_unless_our_own_page_asks() {
        String session = cookie(stage.session(alice));
        for (String method : List.of("POST", "PUT", "PATCH", "DELETE", "post", "NONSENSE")) {
            assertRefused(ErrorCode.FORBIDDEN, Stage.request(method, "Cookie", session));
            assertRefused(
                    ErrorCode.FORBIDDEN, Stage.request(method, "Cookie", session, "Sec-Fetch-Site", "cross-site"));
            assertRefused(ErrorCode.FORBIDDEN, Stage.request(method, "Cookie", session, "Sec-Fetch-Site", "same-site"));
            assertRefused(
                    ErrorCode.FORBIDDEN,
                    Stage.request(
                            method,
                            "Cookie",
                            session,
                            "Sec-Fetch-Site",
                            "same-origin",
                            "Sec-Fetch-Site",
                            "cross-site"));
            assertRefused(
                    ErrorCode.FORBIDDEN, Stage.request(method, "Cookie", session, "Origin", "https://evil.example"));
            assertRefused(ErrorCode.FORBIDDEN, Stage.request(method, "Cookie", session, "Origin", "null"));
            assertRefused(
                    ErrorCode.FORBIDDEN,
                    Stage.request(method, "Cookie", session, "Origin", "http://backup.example.org"));
            assertRefused(
                    ErrorCode.FORBIDDEN,
                    Stage.request(method, "Cookie", session, "Origin", "https://backup.example.org.evil.example"));
            assertIs(
                    Credential.OfSession.class,
                    Stage.request(method, "Cookie", session, "Sec-Fetch-Site", "same-origin"));
            assertIs(
                    Credential.OfSession.class,
                    Stage.request(method, "Cookie", session, "Origin", "https://backup.example.org"));
        }
        assertIs(Credential.OfSession.class, Stage.request("GET", "Cookie", session, "Sec-Fetch-Site", "cross-site"));
    }

    @Test
    void a_bearer_needs_no_origin_because_no_browser_sends_it_by_itself() {
        String token = "Bearer "
                + stage.token(alice, alice.grant(), Optional.empty()).secret().text();
        assertIs(
                Credential.OfToken.class,
                Stage.request("DELETE", "Authorization", token, "Sec-Fetch-Site", "cross-site"));
    }

    @Test
    void behind_a_proxy_the_own_url_is_the_one_that_is_told() {
        CrossSiteGuard guard =
                new CrossSiteGuard(() -> Optional.of(URI.create("https://Backup.Example.com:8443/holdfast")));
        assertThat(guard.admitsCookie(Stage.request("POST", "Origin", "https://backup.example.com:8443")))
                .isTrue();
        assertThat(guard.admitsCookie(Stage.request("POST", "Origin", "https://backup.example.com")))
                .isFalse();
    }

    @Test
    void another_site_signs_nobody_in() {
        CrossSiteGuard guard = new CrossSiteGuard(Optional::empty);
        assertThat(guard.admitsSignIn(Stage.request("POST", "Sec-Fetch-Site", "cross-site")))
                .isFalse();
        assertThat(guard.admitsSignIn(Stage.request("POST", "Origin", "https://evil.example")))
                .isFalse();
        assertThat(guard.admitsSignIn(Stage.request("POST", "Sec-Fetch-Site", "same-origin")))
                .isTrue();
        assertThat(guard.admitsSignIn(Stage.request("POST")))
                .as("a command-line client")
                .isTrue();
    }

    @Test
    void a_session_cookie_is_for_this_host_and_no_script() {
        OpenedSession session = stage.session(alice);
        assertThat(SessionCookie.set(session, Duration.ofDays(7), true))
                .isEqualTo("__Host-holdfast-session=" + session.secret().text()
                        + "; Path=/; Max-Age=604800; HttpOnly; SameSite=Strict; Secure");
        assertThat(SessionCookie.set(session, Duration.ofDays(7), false))
                .isEqualTo("holdfast-session=" + session.secret().text()
                        + "; Path=/; Max-Age=604800; HttpOnly; SameSite=Strict");
        assertThat(SessionCookie.clear(true))
                .isEqualTo("__Host-holdfast-session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict; Secure");
    }

    @Test
    void by_tls_a_cookie_without_the_prefix_does_not_count() {
        String plain = Stage.cookie(SessionCookie.set(stage.session(alice), Duration.ofDays(1), false));
        assertThat(authenticator.identify(Stage.request("GET", "Cookie", plain)))
                .isInstanceOf(Identity.Nobody.class);
        assertIs(Credential.OfSession.class, Stage.request(false, "GET", "Cookie", plain));
    }

    @Test
    void of_two_session_cookies_neither_counts() {
        User mallory = stage.user("mallory", Grant.everywhere(Role.VIEWER));
        String both = cookie(stage.session(mallory)) + "; " + cookie(stage.session(alice));
        assertRefused(ErrorCode.NOT_SIGNED_IN, Stage.request("GET", "Cookie", both));
    }
}
