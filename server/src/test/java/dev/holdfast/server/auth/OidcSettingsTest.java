package dev.holdfast.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.control.access.Grant;
import dev.holdfast.control.access.Role;
import dev.holdfast.control.config.Environment;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.server.auth.OidcConfig.GroupRule;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OidcSettingsTest {
    private static final URI CALLBACK = URI.create("https://backup.example.org/api/v1/oidc/callback");

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
        OidcConfig config = OidcSettings.from(environment(), CALLBACK).orElseThrow();
        assertThat(config.rules())
                .containsExactly(
                        new GroupRule("admins", Grant.everywhere(Role.ADMIN)),
                        new GroupRule("/a=b", Stage.on(Role.OPERATOR, "blog", "shop")),
                        new GroupRule("look", Grant.everywhere(Role.VIEWER)));
        assertThat(config.scopes()).isEqualTo(OidcConfig.DEFAULT_SCOPES);
        assertThat(config.clientSecret()).isEmpty();
        assertThat(config.bearerAudience()).isEmpty();
        assertThat(config.redirect()).isEqualTo(CALLBACK);
    }

    @Test
    void without_an_issuer_there_is_no_provider() {
        assertThat(OidcSettings.from(new Environment(Map.of()), CALLBACK)).isEmpty();
    }

    @Test
    void half_a_provider_is_refused() {
        assertThatThrownBy(() -> OidcSettings.from(
                        new Environment(Map.of("HOLDFAST_OIDC_ISSUER", "https://id.example.org")), CALLBACK))
                .isInstanceOf(Missing.class)
                .hasMessageContaining("HOLDFAST_OIDC_CLIENT_ID");
    }

    @Test
    void a_rule_that_is_none_is_refused_and_never_a_wider_one() {
        for (String rules :
                List.of("", " ; ", "admins", "=admin", "admins=root", "admins=", "ops=operator:", "ops=operator: ,")) {
            assertThatThrownBy(() -> OidcSettings.from(environment("HOLDFAST_OIDC_ROLES", rules), CALLBACK))
                    .as(rules)
                    .isInstanceOfAny(Invalid.class, Missing.class);
        }
        assertThatThrownBy(
                        () -> OidcSettings.from(environment("HOLDFAST_OIDC_ISSUER", "http://id.example.org"), CALLBACK))
                .isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> OidcSettings.from(environment("HOLDFAST_OIDC_SCOPES", "profile email"), CALLBACK))
                .isInstanceOf(Invalid.class);
    }

    @Test
    void of_several_groups_the_highest_role_counts_for_the_stacks_of_that_role() {
        List<GroupRule> rules =
                OidcSettings.rules("a=operator:shop; b=operator:blog; c=viewer; d=admin:wiki; e=operator");
        OidcConfig config = OidcSettings.from(environment("HOLDFAST_OIDC_ROLES", "x=viewer"), CALLBACK)
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
