package dev.holdfast.cli.service;

import dev.holdfast.control.access.Grant;
import dev.holdfast.control.access.Role;
import dev.holdfast.control.config.Environment;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.server.auth.OidcConfig;
import dev.holdfast.server.auth.OidcConfig.GroupRule;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The identity provider, as environment variables tell of it. */
final class ProviderSettings {
    private static final String ISSUER = "HOLDFAST_OIDC_ISSUER";
    private static final String CLIENT_ID = "HOLDFAST_OIDC_CLIENT_ID";
    private static final String CLIENT_SECRET = "HOLDFAST_OIDC_CLIENT_SECRET";
    private static final String PUBLIC_URL = "HOLDFAST_PUBLIC_URL";
    private static final String AUDIENCE = "HOLDFAST_OIDC_AUDIENCE";
    private static final String GROUPS = "HOLDFAST_OIDC_GROUPS_CLAIM";
    private static final String NAME = "HOLDFAST_OIDC_NAME_CLAIM";

    private ProviderSettings() {}

    /** Under which URL people reach this server, where it is told. */
    static Optional<URI> publicUrl(Environment environment) {
        return environment.value(PUBLIC_URL).map(text -> uri(PUBLIC_URL, text));
    }

    /**
     * @param callback the path browsers are sent back to
     * @throws Invalid (CONFIGURATION_INVALID) if it cannot be used
     */
    static Optional<OidcConfig> read(Environment environment, String callback) {
        return environment
                .value(ISSUER)
                .map(issuer -> new OidcConfig(
                        uri(ISSUER, issuer),
                        required(environment, CLIENT_ID),
                        environment.secret(CLIENT_SECRET),
                        uri(PUBLIC_URL, required(environment, PUBLIC_URL) + callback),
                        OidcConfig.DEFAULT_SCOPES,
                        environment.value(NAME).orElse(OidcConfig.DEFAULT_NAME_CLAIM),
                        environment.value(GROUPS).orElse(OidcConfig.DEFAULT_GROUPS_CLAIM),
                        rules(environment),
                        environment.value(AUDIENCE)));
    }

    /** {@code HOLDFAST_OIDC_ADMINS}, {@code _OPERATORS}, {@code _VIEWERS}: names of groups, with commas between. */
    private static List<GroupRule> rules(Environment environment) {
        List<GroupRule> rules = new ArrayList<>();
        for (Role role : Role.values()) {
            environment
                    .value("HOLDFAST_OIDC_" + role.name() + "S")
                    .map(text -> List.of(text.split(",")))
                    .orElse(List.of())
                    .stream()
                    .map(String::strip)
                    .filter(group -> !group.isEmpty())
                    .forEach(group -> rules.add(new GroupRule(group, Grant.everywhere(role))));
        }
        return rules;
    }

    private static String required(Environment environment, String name) {
        return environment
                .value(name)
                .orElseThrow(() -> new Missing(
                        ErrorCode.CONFIGURATION_MISSING,
                        ISSUER + " is set and " + name + " is not",
                        "set it too, or neither; see docs/server.md."));
    }

    private static URI uri(String name, String text) {
        try {
            return URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
        } catch (IllegalArgumentException e) {
            throw new Invalid(
                    ErrorCode.CONFIGURATION_INVALID, name + " is not a URL", "write it like https://host.", e);
        }
    }
}
