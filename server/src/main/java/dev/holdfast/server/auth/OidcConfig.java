package dev.holdfast.server.auth;

import dev.holdfast.control.access.Grant;
import dev.holdfast.control.access.Role;
import dev.holdfast.control.access.StackScope;
import dev.holdfast.control.config.Secret;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.net.URI;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * An identity provider that speaks OpenID Connect.
 *
 * @param issuer its URL, exactly as its tokens say it; https, or http on this machine
 * @param clientId how it knows this server
 * @param clientSecret what this server shows it; none for a public client
 * @param redirect where it sends browsers back to: this server's call-back URL
 * @param scopes asked for; {@code openid} is among them; {@code groups} is left out where the provider does not name it
 * @param nameClaim holds what people call the user
 * @param groupsClaim holds the user's groups; dots lead into objects, such as {@code realm_access.roles}
 * @param rules which groups may do what; who is in none does not get in
 * @param bearerAudience what access tokens of the provider must be made for, if they are taken at all
 */
public record OidcConfig(
        URI issuer,
        String clientId,
        Optional<Secret> clientSecret,
        URI redirect,
        List<String> scopes,
        String nameClaim,
        String groupsClaim,
        List<GroupRule> rules,
        Optional<String> bearerAudience) {
    static final String GROUPS = "groups";

    public static final List<String> DEFAULT_SCOPES = List.of("openid", "profile", "email", GROUPS);
    public static final String DEFAULT_NAME_CLAIM = "preferred_username";
    public static final String DEFAULT_GROUPS_CLAIM = GROUPS;

    /**
     * What the members of a group may do.
     *
     * @param group exactly as the provider says it
     */
    public record GroupRule(String group, Grant grant) {}

    /**
     * @throws Invalid (CONFIGURATION_INVALID) if it could not be safe, or nobody would get in
     */
    public OidcConfig {
        scopes = List.copyOf(scopes);
        rules = List.copyOf(rules);
        if (!OidcHttp.isSafe(issuer)) {
            throw new Invalid(
                    ErrorCode.CONFIGURATION_INVALID,
                    "the issuer '" + issuer + "' is not reached by https",
                    "give its https URL; http is only for a provider on this machine.");
        }
        if (!scopes.contains("openid") || rules.isEmpty()) {
            throw new Invalid(
                    ErrorCode.CONFIGURATION_INVALID,
                    "the identity provider '" + issuer + "' would let nobody in",
                    "ask for the scope openid, and say for at least one group what its members may do.");
        }
    }

    /** What a member of these groups may do: the highest role among the rules, for the stacks of all rules with that role. */
    Optional<Grant> grant(Set<String> groups) {
        List<Grant> grants = rules.stream()
                .filter(rule -> groups.contains(rule.group()))
                .map(GroupRule::grant)
                .toList();
        return grants.stream().map(Grant::role).max(Comparator.naturalOrder()).map(role -> joined(role, grants));
    }

    private static Grant joined(Role role, List<Grant> grants) {
        Set<String> names = new TreeSet<>();
        for (Grant grant : grants) {
            if (grant.role() == role) {
                switch (grant.stacks()) {
                    case StackScope.Every _ -> {
                        return grant;
                    }
                    case StackScope.Only only -> names.addAll(only.names());
                }
            }
        }
        return new Grant(role, StackScope.only(names));
    }
}
