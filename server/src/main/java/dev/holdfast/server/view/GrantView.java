package dev.holdfast.server.view;

import dev.holdfast.control.access.Grant;
import dev.holdfast.control.access.Role;
import dev.holdfast.control.access.StackScope;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A role and where it holds; also as calls bring it.
 *
 * @param stacks empty for every stack
 */
public record GrantView(String role, Optional<List<String>> stacks) {
    public static GrantView of(Grant grant) {
        return new GrantView(
                grant.role().label(),
                switch (grant.stacks()) {
                    case StackScope.Every _ -> Optional.empty();
                    case StackScope.Only only -> Optional.of(List.copyOf(only.names()));
                });
    }

    public Grant grant() {
        return new Grant(
                Role.valueOf(role.toUpperCase(Locale.ROOT)),
                stacks.<StackScope>map(StackScope::only).orElse(StackScope.EVERY));
    }
}
