package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.PostgresRestore.Ownership;
import dev.holdfast.connectors.postgres.Roles.Role;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which roles and tablespaces a restore mentions, once other roles took the place of those of the snapshot.
 *
 * @param owners roles that will own something
 * @param mentioned these, and all that have rights, policies or settings
 */
record RoleUse(Ownership ownership, Set<String> owners, Set<String> mentioned, Set<String> tablespaces) {

    static RoleUse of(SchemaArchive archive, DatabaseProperties properties, Ownership ownership) throws IOException {
        RoleUse use = new RoleUse(ownership, new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
        use.own(properties.owner());
        archive.items(use::add);
        if (ownership.keepRights() && properties.rights() != null) {
            properties.rights().forEach(right -> use.mention(right.grantee(), properties.owner()));
        }
        properties.settings().forEach(setting -> use.mention(setting.role(), properties.owner()));
        use.mentioned.addAll(use.owners);
        use.owners.remove("");
        use.mentioned.remove("");
        use.tablespaces.remove("");
        return use;
    }

    private void add(ArchiveToc.Item item) {
        if (item.type().startsWith("DATABASE")) {
            return;
        }
        own(item.owner());
        tablespaces.add(item.tablespace());
        if (RoleChanges.mayMention(item.type(), ownership)) {
            RoleText.statements(item.definition()).orElse(List.of()).stream()
                    .flatMap(statement -> statement.roles().stream())
                    .forEach(role -> mention(role.name(), item.owner()));
        }
    }

    private void own(String role) {
        if (ownership.keepOwners() && !role.isEmpty()) {
            owners.add(mapped(ownership, role, role));
        }
    }

    private void mention(String role, String owner) {
        if (!role.isEmpty()) {
            mentioned.add(mapped(ownership, role, owner));
        }
    }

    /** Who takes the place of a role where something of that owner is concerned. */
    static String mapped(Ownership ownership, String role, String owner) {
        return role.equals(owner) && ownership.owner().isPresent()
                ? ownership.owner().get()
                : ownership.roles().getOrDefault(role, role);
    }

    /** Whether a role of the snapshot is made where it is missing. The one a server is created with is made only to own. */
    boolean wants(Role role) {
        return (ownership.isCaptured() || mentioned.contains(role.name()))
                && (!role.bootstrap() || owners.contains(role.name()));
    }

    /** Roles that were asked for by name. */
    Set<String> named() {
        Set<String> named = new TreeSet<>(ownership.roles().values());
        ownership.owner().ifPresent(named::add);
        return named;
    }
}
