package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.PostgresRestore.Ownership;
import dev.holdfast.connectors.postgres.Roles.Role;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Which roles a restore mentions, once other roles took the place of those of the snapshot.
 *
 * @param owners roles that will own something
 * @param mentioned these, and all that have rights, policies or settings
 */
record RoleUse(Ownership ownership, Set<String> owners, Set<String> mentioned) {

    /** What some definitions mention. */
    static RoleUse of(SchemaArchive archive, Predicate<ArchiveToc.Item> chosen, Ownership ownership)
            throws IOException {
        RoleUse use = new RoleUse(ownership, new TreeSet<>(), new TreeSet<>());
        archive.items(item -> {
            if (chosen.test(item)) {
                use.add(item);
            }
        });
        use.settle();
        return use;
    }

    private void settle() {
        mentioned.addAll(owners);
        owners.remove("");
        mentioned.remove("");
    }

    /** What a database and some definitions mention. */
    static RoleUse of(
            SchemaArchive archive,
            Predicate<ArchiveToc.Item> chosen,
            DatabaseProperties properties,
            Ownership ownership)
            throws IOException {
        RoleUse use = of(archive, chosen, ownership);
        use.own(properties.owner());
        if (ownership.keepRights() && properties.rights() != null) {
            properties.rights().forEach(right -> use.mention(right.grantee(), properties.owner()));
        }
        properties.settings().forEach(setting -> use.mention(setting.role(), properties.owner()));
        use.settle();
        return use;
    }

    private void add(ArchiveToc.Item item) {
        if (item.type().startsWith("DATABASE")) {
            return;
        }
        own(item.owner());
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

    /**
     * Whether a role of the snapshot is made where it is missing. The one a server is created with is made only to own.
     *
     * @param whole whether all of a database is restored: then roles come that nothing mentions, but members of others are
     */
    boolean wants(Role role, boolean whole) {
        return ((whole && ownership.isCaptured()) || mentioned.contains(role.name()))
                && (!role.bootstrap() || owners.contains(role.name()));
    }

    /** Roles that were asked for by name. */
    Set<String> named() {
        Set<String> named = new TreeSet<>(ownership.roles().values());
        ownership.owner().ifPresent(named::add);
        return named;
    }
}
