package dev.holdfast.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.control.access.Grant;
import dev.holdfast.control.access.Role;
import dev.holdfast.control.config.Environment;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.server.auth.OidcConfig.GroupRule;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OidcSettingsTest {
    private static final Optional<URI> PUBLIC = Optional.of(URI.create("https://backup.example.org"));

    private static Environment environment(String... more) {
        Map<String, String> variables = new HashMap<>(Map.of(
                "HOLDFAST_OIDC_ISSUER", "https://id.example.org/realm",
                "HOLDFAST_OIDC_CLIENT_ID", "holdfast",
                "HOLDFAST_OIDC_ROLES", "admins=admin; /a=b = operator:shop, blog ;look=Viewer;"));
        for (int i = 0; i < more.length; i += 2) {
            variables.put(more[i], more[i + 1]);
        }
        return new Environment(variables);
    }

    @Test
    void a_few_variables_are_enough() {
        OidcConfig config = OidcSettings.from(environment(), PUBLIC).orElseThrow();
        assertThat(config.rules())
                .containsExactly(
                        new GroupRule("admins", Grant.everywhere(Role.ADMIN)),
                        new GroupRule("/a=b", Stage.on(Role.OPERATOR, "blog", "shop")),
                        new GroupRule("look", Grant.everywhere(Role.VIEWER)));
        assertThat(config.scopes()).isEqualTo(OidcConfig.DEFAULT_SCOPES);
        assertThat(config.clientSecret()).isEmpty();
        assertThat(config.bearerAudience()).isEmpty();
        assertThat(config.redirect()).hasToString("https://backup.example.org/api/v1/sessions/oidc/callback");
    }

    @Test
    void without_an_issuer_there_is_no_provider() {
        assertThat(OidcSettings.from(new Environment(Map.of()), PUBLIC)).isEmpty();
    }

    @Test
    void half_a_provider_is_refused() {
        assertThatThrownBy(() -> OidcSettings.from(
                        new Environment(Map.of("HOLDFAST_OIDC_ISSUER", "https://id.example.org")), PUBLIC))
                .isInstanceOf(Missing.class)
                .hasMessageContaining("HOLDFAST_OIDC_CLIENT_ID");
        assertThatThrownBy(() -> OidcSettings.from(environment(), Optional.empty()))
                .isInstanceOf(Missing.class)
                .hasMessageContaining("HOLDFAST_PUBLIC_URL");
    }

    @Test
    void what_the_documentation_names_is_what_is_read_and_nothing_else() throws Exception {
        Set<String> read = Stream.of(OidcSettings.class.getFields())
                .map(OidcSettingsTest::text)
                .filter(name -> name.startsWith("HOLDFAST_"))
                .collect(Collectors.toSet());
        assertThat(read).hasSizeGreaterThan(7);
        assertThat(named("access.md")).isEqualTo(read);
        assertThat(read).containsAll(named("server.md"));
    }

    private static String text(Field field) {
        try {
            return String.valueOf(field.get(null));
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Set<String> named(String page) throws IOException {
        return Pattern.compile("HOLDFAST_OIDC_[A-Z_]+")
                .matcher(Files.readString(Path.of("../docs", page)))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toSet());
    }

    @Test
    void everything_that_can_be_said_is_heard() {
        OidcConfig config = OidcSettings.from(
                        environment(
                                "HOLDFAST_OIDC_CLIENT_SECRET", "hidden",
                                "HOLDFAST_OIDC_SCOPES", "openid roles",
                                "HOLDFAST_OIDC_NAME_CLAIM", "nick",
                                "HOLDFAST_OIDC_GROUPS_CLAIM", "realm_access.roles",
                                "HOLDFAST_OIDC_AUDIENCE", "api"),
                        PUBLIC)
                .orElseThrow();
        assertThat(config.clientSecret().orElseThrow().text()).isEqualTo("hidden");
        assertThat(config.scopes()).containsExactly("openid", "roles");
        assertThat(config.nameClaim()).isEqualTo("nick");
        assertThat(config.groupsClaim()).isEqualTo("realm_access.roles");
        assertThat(config.bearerAudience()).contains("api");
    }

    @Test
    void a_rule_that_is_none_is_refused_and_never_a_wider_one() {
        for (String rules :
                List.of("", " ; ", "admins", "=admin", "admins=root", "admins=", "ops=operator:", "ops=operator: ,")) {
            assertThatThrownBy(() -> OidcSettings.from(environment("HOLDFAST_OIDC_ROLES", rules), PUBLIC))
                    .as(rules)
                    .isInstanceOfAny(Invalid.class, Missing.class);
        }
        assertThatThrownBy(
                        () -> OidcSettings.from(environment("HOLDFAST_OIDC_ISSUER", "http://id.example.org"), PUBLIC))
                .isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> OidcSettings.from(environment("HOLDFAST_OIDC_SCOPES", "profile email"), PUBLIC))
                .isInstanceOf(Invalid.class);
    }

    @Test
    void of_several_groups_the_highest_role_counts_for_the_stacks_of_that_role() {
        List<GroupRule> rules =
                OidcSettings.rules("a=operator:shop; b=operator:blog; c=viewer; d=admin:wiki; e=operator");
        OidcConfig config = OidcSettings.from(environment("HOLDFAST_OIDC_ROLES", "x=viewer"), PUBLIC)
                .orElseThrow();
        OidcConfig with = new OidcConfig(
                config.issuer(),
                config.clientId(),
                config.clientSecret(),
                config.redirect(),
                config.scopes(),
                config.nameClaim(),
                config.groupsClaim(),
                rules,
                config.bearerAudience());
        assertThat(with.grant(Set.of("a", "b", "c"))).contains(Stage.on(Role.OPERATOR, "blog", "shop"));
        assertThat(with.grant(Set.of("a", "d"))).contains(Stage.on(Role.ADMIN, "wiki"));
        assertThat(with.grant(Set.of("a", "e"))).contains(Grant.everywhere(Role.OPERATOR));
        assertThat(with.grant(Set.of("A", ""))).isEmpty();
    }
}
