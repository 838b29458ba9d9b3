package dev.holdfast.server.auth;

import dev.holdfast.control.access.Grant;
import dev.holdfast.control.access.Role;
import dev.holdfast.control.access.StackScope;
import dev.holdfast.control.config.Environment;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.server.auth.OidcConfig.GroupRule;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The identity provider as the environment says. HOLDFAST_OIDC_ROLES says what groups may do, like {@code admins=admin; ops
 * team=operator; shop devs=operator:shop,blog}: rules apart by semicolons, each a group, a role, and behind a colon the stacks.
 */
public final class OidcSettings {
    public static final String ISSUER = "HOLDFAST_OIDC_ISSUER";
    public static final String CLIENT_ID = "HOLDFAST_OIDC_CLIENT_ID";
    public static final String CLIENT_SECRET = "HOLDFAST_OIDC_CLIENT_SECRET";
    public static final String ROLES = "HOLDFAST_OIDC_ROLES";
    public static final String SCOPES = "HOLDFAST_OIDC_SCOPES";
    public static final String NAME_CLAIM = "HOLDFAST_OIDC_NAME_CLAIM";
    public static final String GROUPS_CLAIM = "HOLDFAST_OIDC_GROUPS_CLAIM";
    public static final String AUDIENCE = "HOLDFAST_OIDC_AUDIENCE";

    /** Where the provider sends browsers back to, under the URL by which people reach this server. */
    public static final String CALLBACK = "/api/v1/sessions/oidc/callback";

    /** What says that URL. */
    private static final String PUBLIC_URL = "HOLDFAST_PUBLIC_URL";

    private OidcSettings() {}

    /**
     * The provider, if there is one.
     *
     * @param publicUrl under which browsers reach this server, without a slash at its end
     * @throws Missing (CONFIGURATION_MISSING) if something that is needed is not said
     * @throws Invalid (CONFIGURATION_INVALID) if something cannot be
     */
    public static Optional<OidcConfig> from(Environment environment, Optional<URI> publicUrl) {
        return environment
                .value(ISSUER)
                .map(issuer -> new OidcConfig(
                        url(issuer),
                        required(environment, CLIENT_ID),
                        environment.secret(CLIENT_SECRET),
                        URI.create(publicUrl.orElseThrow(() -> missing(PUBLIC_URL)) + CALLBACK),
                        environment.value(SCOPES).map(OidcSettings::words).orElse(OidcConfig.DEFAULT_SCOPES),
                        environment.value(NAME_CLAIM).orElse(OidcConfig.DEFAULT_NAME_CLAIM),
                        environment.value(GROUPS_CLAIM).orElse(OidcConfig.DEFAULT_GROUPS_CLAIM),
                        rules(required(environment, ROLES)),
                        environment.value(AUDIENCE)));
    }

    private static URI url(String text) {
        try {
            return URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new Invalid(
                    ErrorCode.CONFIGURATION_INVALID,
                    ISSUER + " is no URL: '" + text + "'",
                    "take it from the provider, exactly as it says it.",
                    e);
        }
    }

    private static String required(Environment environment, String name) {
        return environment.value(name).orElseThrow(() -> missing(name));
    }

    private static Missing missing(String name) {
        return new Missing(
                ErrorCode.CONFIGURATION_MISSING,
                ISSUER + " is set and " + name + " is not",
                "set both, or neither to do without an identity provider; docs/access.md lists all.");
    }

    private static List<String> words(String text) {
        return List.of(text.strip().split("[\\s,]+"));
    }

    static List<GroupRule> rules(String text) {
        return Stream.of(text.split(";"))
                .map(String::strip)
                .filter(rule -> !rule.isEmpty())
                .map(OidcSettings::rule)
                .toList();
    }

    private static GroupRule rule(String text) {
        int equals = text.lastIndexOf('=');
        String[] grant = text.substring(equals + 1).split(":", 2);
        Role role = Role.named(grant[0].strip()).filter(_ -> equals > 0).orElseThrow(() -> wrong(text));
        return new GroupRule(
                text.substring(0, equals).strip(),
                grant.length == 1 ? Grant.everywhere(role) : new Grant(role, stacks(grant[1], text)));
    }

    private static StackScope stacks(String names, String rule) {
        List<String> stacks = Stream.of(names.split(","))
                .map(String::strip)
                .filter(n -> !n.isEmpty())
                .toList();
        if (stacks.isEmpty()) {
            throw wrong(rule);
        }
        return StackScope.only(stacks);
    }

    private static Invalid wrong(String rule) {
        return new Invalid(
                ErrorCode.CONFIGURATION_INVALID,
                "'" + rule + "' in " + ROLES + " is no rule",
                "write it like 'admins=admin; shop devs=operator:shop,blog', with viewer, operator or admin.");
    }
}
