package dev.holdfast.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.holdfast.control.access.Credential;
import dev.holdfast.control.access.Grant;
import dev.holdfast.control.access.IssuedToken;
import dev.holdfast.control.access.Principal;
import dev.holdfast.control.access.Role;
import dev.holdfast.control.access.User;
import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.Secret;
import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.Invalid;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JwtsTest {
    private static final Secret SHARED = new Secret("a secret that several servers share, 48 bytes!!");

    @TempDir
    Path folder;

    private Stage stage;
    private JwtKeys keys;
    private Jwts jwts;
    private User alice;

    @BeforeEach
    void open() {
        stage = new Stage(folder);
        keys = JwtKeys.open(JwtSettings.DEFAULT, folder, stage.clock);
        jwts = new Jwts(stage.access, JwtSettings.DEFAULT, keys, stage.clock);
        alice = stage.user("alice", Stage.on(Role.OPERATOR, "shop"));
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private String issued() {
        return jwts.issue(alice).token().text();
    }

    /** A token like ours but for one change, signed with our very key: only the change can be why it is refused. */
    private String forged(UnaryOperator<JWTClaimsSet.Builder> change) throws Exception {
        JwtKey key = keys.signing();
        return signed(
                new JWSHeader.Builder(JWSAlgorithm.HS256).keyID(key.kid()).build(),
                change.apply(new JWTClaimsSet.Builder(SignedJWT.parse(issued()).getJWTClaimsSet()))
                        .build(),
                new MACSigner(key.secret()));
    }

    private static String signed(JWSHeader header, JWTClaimsSet claims, JWSSigner signer) throws Exception {
        SignedJWT jwt = new SignedJWT(header, claims);
        jwt.sign(signer);
        return jwt.serialize();
    }

    private Date in(Duration time) {
        return Date.from(stage.clock.instant().plus(time));
    }

    @Test
    void a_jwt_stands_for_its_user_with_what_the_user_may_now() throws Exception {
        String jwt = issued();
        assertThat(jwts.principal(jwt))
                .contains(new Principal(
                        alice.id(), "alice", Stage.on(Role.OPERATOR, "shop"), new Credential.OfJwt(Optional.empty())));
        stage.access.users().changeGrant(alice.id(), Stage.on(Role.VIEWER, "blog"));
        assertThat(jwts.principal(jwt).orElseThrow().grant()).isEqualTo(Stage.on(Role.VIEWER, "blog"));
        assertThat(jwts.principal(forged(c -> c)))
                .as("the forger's way of signing is right")
                .isPresent();
    }

    @Test
    void it_lives_a_quarter_of_an_hour_and_a_minute_for_clocks_that_differ() {
        IssuedJwt jwt = jwts.issue(alice);
        assertThat(jwt.expires()).isEqualTo(stage.clock.instant().plus(Duration.ofMinutes(15)));
        stage.clock.advance(Duration.ofSeconds(959));
        assertThat(jwts.principal(jwt.token().text())).isPresent();
        stage.clock.advance(Duration.ofSeconds(1));
        assertThat(jwts.principal(jwt.token().text())).isEmpty();
    }

    @Test
    void a_clock_that_is_a_little_behind_does_no_harm() {
        String jwt = issued();
        stage.clock.advance(Duration.ofMinutes(-1));
        assertThat(jwts.principal(jwt)).isPresent();
        stage.clock.advance(Duration.ofSeconds(-1));
        assertThat(jwts.principal(jwt)).isEmpty();
    }

    @Test
    void one_that_says_anything_else_than_it_must_is_refused() throws Exception {
        for (UnaryOperator<JWTClaimsSet.Builder> change : List.<UnaryOperator<JWTClaimsSet.Builder>>of(
                c -> c.issuer("somebody"),
                c -> c.issuer(null),
                c -> c.audience("somebody"),
                c -> c.audience((String) null),
                c -> c.subject(null),
                c -> c.subject("alice"),
                c -> c.subject("00000000000000000000000000"),
                c -> c.expirationTime(null),
                c -> c.expirationTime(in(Duration.ofMinutes(-1))),
                c -> c.expirationTime(in(Duration.ofDays(2))),
                c -> c.notBeforeTime(in(Duration.ofSeconds(61))),
                c -> c.issueTime(in(Duration.ofSeconds(61))),
                c -> c.claim("ver", null),
                c -> c.claim("ver", alice.tokenVersion() - 1),
                c -> c.claim("ver", "1"),
                c -> c.claim("tid", "nonsense"),
                c -> c.claim("tid", "00000000000000000000000000"))) {
            String forged = forged(change);
            assertThat(jwts.principal(forged))
                    .as(SignedJWT.parse(forged).getJWTClaimsSet().toString())
                    .isEmpty();
        }
    }

    @Test
    void the_algorithm_none_is_no_signature() {
        String[] parts = issued().split("\\.");
        for (String alg : List.of("none", "None", "NONE", "nOnE")) {
            String header = base64(
                    "{\"alg\":\"" + alg + "\",\"kid\":\"" + keys.signing().kid() + "\"}");
            assertThat(jwts.principal(header + "." + parts[1] + ".")).isEmpty();
            assertThat(jwts.principal(header + "." + parts[1] + "." + parts[2])).isEmpty();
            assertThat(jwts.principal(header + "." + parts[1])).isEmpty();
        }
    }

    @Test
    void no_other_algorithm_counts_not_even_with_our_key() throws Exception {
        JWTClaimsSet claims = SignedJWT.parse(issued()).getJWTClaimsSet();
        byte[] longer = Arrays.copyOf(keys.signing().secret(), 64);
        for (JWSAlgorithm other : List.of(JWSAlgorithm.HS384, JWSAlgorithm.HS512)) {
            JWSHeader header =
                    new JWSHeader.Builder(other).keyID(keys.signing().kid()).build();
            assertThat(jwts.principal(signed(header, claims, new MACSigner(longer))))
                    .isEmpty();
        }
        RSAKey rsa = new RSAKeyGenerator(2048).generate();
        JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.RS256)
                .keyID(keys.signing().kid())
                .jwk(rsa.toPublicJWK())
                .build();
        assertThat(jwts.principal(signed(header, claims, new RSASSASigner(rsa))))
                .isEmpty();
    }

    @Test
    void a_key_that_the_token_brings_along_is_not_ours() throws Exception {
        JWTClaimsSet claims = SignedJWT.parse(issued()).getJWTClaimsSet();
        byte[] theirs = "x".repeat(32).getBytes(StandardCharsets.US_ASCII);
        for (String kid : List.of(keys.signing().kid(), "other", "../../dev/null", "' OR 1=1")) {
            JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.HS256)
                    .keyID(kid)
                    .jwkURL(URI.create("http://127.0.0.1:9/keys"))
                    .build();
            assertThat(jwts.principal(signed(header, claims, new MACSigner(theirs))))
                    .isEmpty();
        }
        JWSHeader nameless = new JWSHeader(JWSAlgorithm.HS256);
        assertThat(jwts.principal(
                        signed(nameless, claims, new MACSigner(keys.signing().secret()))))
                .isEmpty();
    }

    @Test
    void one_changed_character_is_noticed() throws Exception {
        String jwt = issued();
        int noticed = 0;
        for (int i = 0; i < jwt.length(); i++) {
            char other = jwt.charAt(i) == 'A' ? 'B' : 'A';
            String changed = jwt.substring(0, i) + other + jwt.substring(i + 1);
            // the last character of a part may hold bits that nobody reads
            if (!sameBytes(jwt, changed)) {
                assertThat(jwts.principal(changed)).as(changed).isEmpty();
                noticed++;
            }
        }
        assertThat(noticed).isGreaterThan(jwt.length() - 4);
    }

    private static boolean sameBytes(String one, String other) {
        int dot = one.lastIndexOf('.');
        return one.substring(0, dot).equals(other.substring(0, Math.min(dot, other.length())))
                && decoded(one.substring(dot + 1)).equals(decoded(other.substring(dot + 1)));
    }

    private static String decoded(String text) {
        return HexFormat.of().formatHex(new Base64URL(text).decode());
    }

    @Test
    void what_is_no_jwt_is_refused() {
        for (String text :
                List.of("", ".", "..", "a.b.c", "hf_x", issued() + ".x", "x".repeat(100_000), "\u0000.\u0000.\u0000")) {
            assertThat(jwts.principal(text)).isEmpty();
        }
    }

    @Test
    void it_is_worth_nothing_once_its_user_is_signed_out_disabled_or_gone() {
        String first = issued();
        alice = stage.access.users().signOutEverywhere(alice.id());
        assertThat(jwts.principal(first)).isEmpty();
        String second = issued();
        alice = stage.access.users().disable(alice.id());
        assertThat(jwts.principal(second)).isEmpty();
        stage.access.users().enable(alice.id());
        assertThat(jwts.principal(second)).isEmpty();
        String third = issued();
        assertThat(jwts.principal(third)).isPresent();
        stage.access.users().remove(alice.id());
        assertThat(jwts.principal(third)).isEmpty();
    }

    @Test
    void one_for_an_api_token_permits_what_that_does_and_ends_with_it() {
        IssuedToken token = stage.token(alice, Stage.on(Role.VIEWER, "shop"), Optional.of(Duration.ofMinutes(5)));
        Principal user = stage.access.tokens().principal(token.secret().text()).orElseThrow();
        String one = jwts.issue(user).token().text();
        assertThat(jwts.principal(one).orElseThrow().grant()).isEqualTo(Stage.on(Role.VIEWER, "shop"));
        assertThat(jwts.principal(one).orElseThrow().token())
                .contains(token.token().id());
        stage.clock.advance(Duration.ofMinutes(5));
        assertThat(jwts.principal(one)).isEmpty();
        stage.clock.advance(Duration.ofMinutes(-5));
        assertThat(jwts.principal(one)).isPresent();
        stage.access.tokens().revoke(token.token().id());
        assertThat(jwts.principal(one)).isEmpty();
    }

    @Test
    void the_api_token_of_somebody_else_lends_nothing() throws Exception {
        User root = stage.user("root", Grant.everywhere(Role.ADMIN));
        IssuedToken roots = stage.token(root, Grant.everywhere(Role.ADMIN), Optional.empty());
        assertThat(jwts.principal(forged(c -> c.claim("tid", roots.token().id().text()))))
                .isEmpty();
    }

    @Test
    void a_jwt_does_not_prolong_itself() {
        Principal principal = jwts.principal(issued()).orElseThrow();
        assertThatThrownBy(() -> jwts.issue(principal)).isInstanceOf(AccessDenied.class);
        assertThat(jwts.principal(jwts.issue(stage.signedIn(alice)).token().text()))
                .isPresent();
    }

    @Test
    void keys_rotate_and_the_former_verifies_as_long_as_its_tokens_may_live() {
        String before = issued();
        String former = keys.signing().kid();
        String present = keys.rotate();
        assertThat(present).isNotEqualTo(former);
        assertThat(keys.signing().kid()).isEqualTo(present);
        assertThat(jwts.principal(before)).isPresent();
        assertThat(jwts.principal(issued())).isPresent();
        stage.clock.advance(JwtKeys.LONGEST_LIFE.plusSeconds(1));
        assertThat(keys.verifying(former)).isEmpty();
        keys.rotate();
        assertThat(keys.verifying(former)).isEmpty();
        assertThat(keys.verifying(present)).isPresent();
    }

    @Test
    void keys_outlive_a_restart_in_a_file_of_this_account_alone() throws Exception {
        String before = issued();
        keys.rotate();
        String after = issued();
        Path file = folder.resolve("jwt-keys.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        Jwts restarted = new Jwts(
                stage.access, JwtSettings.DEFAULT, JwtKeys.open(JwtSettings.DEFAULT, folder, stage.clock), stage.clock);
        assertThat(restarted.principal(before)).isPresent();
        assertThat(restarted.principal(after)).isPresent();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> JwtKeys.open(JwtSettings.DEFAULT, folder, stage.clock))
                .isInstanceOf(AccessDenied.class);
    }

    @Test
    void a_damaged_file_of_keys_is_said_to_be_damaged() throws Exception {
        Path file = folder.resolve("jwt-keys.json");
        for (String content :
                List.of("", "[]", "{}", "null", "[null]", "[{\"kid\":\"a\",\"secret\":\"AAAA\",\"made\":1}]", "[{}]")) {
            Files.writeString(file, content);
            assertThatThrownBy(() -> JwtKeys.open(JwtSettings.DEFAULT, folder, stage.clock))
                    .as(content)
                    .isInstanceOf(Damaged.class);
        }
    }

    private Jwts sharing() {
        JwtSettings settings = JwtSettings.from(new Environment(
                Map.of("HOLDFAST_JWT_SECRET", SHARED.text(), "HOLDFAST_JWT_ISSUER", "https://login.example.org")));
        return new Jwts(stage.access, settings, JwtKeys.open(settings, folder, stage.clock), stage.clock);
    }

    private String ofTheTeam(UnaryOperator<JWTClaimsSet.Builder> change) throws Exception {
        Instant now = stage.clock.instant();
        JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder()
                .issuer("https://login.example.org")
                .audience("holdfast")
                .subject("Alice")
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plus(Duration.ofHours(8))));
        return signed(
                new JWSHeader(JWSAlgorithm.HS256),
                change.apply(claims).build(),
                new MACSigner(SHARED.text().getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void those_who_share_the_secret_vouch_for_users_by_name() throws Exception {
        Jwts sharing = sharing();
        assertThat(sharing.principal(ofTheTeam(c -> c)).orElseThrow().grant())
                .isEqualTo(Stage.on(Role.OPERATOR, "shop"));
        assertThat(sharing.principal(sharing.issue(alice).token().text())).isPresent();
        assertThat(sharing.principal(issued())).isEmpty();
        assertThat(jwts.principal(ofTheTeam(c -> c))).isEmpty();
        assertThat(sharing.principal(ofTheTeam(c -> c.subject("nobody")))).isEmpty();
        assertThat(sharing.principal(ofTheTeam(c -> c.audience("other")))).isEmpty();
        assertThat(sharing.principal(ofTheTeam(c -> c.expirationTime(in(Duration.ofDays(30))))))
                .isEmpty();
        assertThat(sharing.principal(ofTheTeam(c -> c.claim("ver", 17)))).isEmpty();
        stage.access.users().disable(alice.id());
        assertThat(sharing.principal(ofTheTeam(c -> c))).isEmpty();
    }

    @Test
    void a_shared_secret_is_long_and_not_rotated_here() {
        assertThatThrownBy(() -> JwtSettings.from(new Environment(Map.of("HOLDFAST_JWT_SECRET", "x".repeat(31)))))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("31 bytes");
        JwtSettings settings = JwtSettings.from(new Environment(Map.of("HOLDFAST_JWT_SECRET", SHARED.text())));
        assertThatThrownBy(() -> JwtKeys.open(settings, folder, stage.clock).rotate())
                .isInstanceOf(Invalid.class);
        assertThat(settings.toString()).doesNotContain(SHARED.text());
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
