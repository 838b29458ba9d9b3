package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.ArchiveToc.Item;
import dev.holdfast.connectors.postgres.PostgresRestore.Ownership;
import dev.holdfast.connectors.postgres.RoleText.Role;
import dev.holdfast.connectors.postgres.RoleText.Statement;
import dev.holdfast.engine.source.Finding;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Edits an archive so that a server can take it: other roles take the place of those of the snapshot, and owners, rights and
 * tablespaces that the server lacks are left out, one by one, and remembered. For one thread.
 */
final class RoleChanges implements ArchiveToc.Editor {
    private static final int LISTED = 100;

    private final Ownership ownership;
    private final String user;
    private final Server server;
    private final Set<String> lostOwners = new TreeSet<>();
    private final Set<String> lostSpaces = new TreeSet<>();
    private final Map<String, Set<String>> lost = new TreeMap<>();

    /**
     * What a server has.
     *
     * @param roles all roles, with those that will be made
     * @param within roles that the user may act as
     */
    record Server(Set<String> roles, Set<String> within, Set<String> tablespaces, boolean superuser) {

        /**
         * @param made roles that a restore makes, if it did not make them yet
         */
        static Server of(Session admin, Set<String> made) throws SQLException {
            boolean superuser = admin.truth("SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user");
            Set<String> roles = names(admin, "SELECT rolname::text FROM pg_catalog.pg_roles");
            roles.addAll(made);
            Set<String> within = superuser
                    ? roles
                    : names(
                            admin,
                            "SELECT rolname::text FROM pg_catalog.pg_roles WHERE pg_catalog.pg_has_role(oid, '"
                                    // since 16 a member may be one that may not act as the role
                                    + (admin.serverMajor() >= 16 ? "SET" : "MEMBER") + "')");
            return new Server(
                    roles, within, names(admin, "SELECT spcname::text FROM pg_catalog.pg_tablespace"), superuser);
        }

        private static Set<String> names(Session admin, String sql) throws SQLException {
            return new HashSet<>(admin.list(sql, row -> row.getString(1)));
        }
    }

    /**
     * @param user to whom everything belongs whose owner is left out
     */
    RoleChanges(Ownership ownership, String user, Server server) {
        this.ownership = ownership;
        this.user = user;
        this.server = server;
    }

    /** Whether an entry of a type has names of roles in its definition. */
    static boolean mayMention(String type, Ownership ownership) {
        return isRight(type) ? ownership.keepRights() : type.equals("POLICY") || type.equals("USER MAPPING");
    }

    private static boolean isRight(String type) {
        return type.equals("ACL") || type.equals("DEFAULT ACL");
    }

    @Override
    public @Nullable Item edit(Item item) {
        if (item.type().startsWith("DATABASE")) {
            return item;
        }
        if (isRight(item.type()) && !ownership.keepRights()) {
            return null;
        }
        String definition = item.definition();
        if (mayMention(item.type(), ownership)) {
            Optional<List<Statement>> statements = RoleText.statements(definition);
            definition = statements.isPresent() ? definition(item, statements.get()) : definition;
            if (definition.isEmpty()) {
                return null;
            }
        }
        return item.withDefinition(definition)
                .withOwner(owner(item.owner()).orElse(""))
                .withTablespace(tablespace(item.tablespace()));
    }

    /** Who owns what that role owned; empty for the user who restores. */
    Optional<String> owner(String role) {
        if (role.isEmpty() || !ownership.keepOwners()) {
            return Optional.empty();
        }
        String mapped = RoleUse.mapped(ownership, role, role);
        if (!server.within().contains(mapped) || !server.roles().contains(mapped)) {
            lostOwners.add(mapped);
            return Optional.empty();
        }
        return Optional.of(mapped);
    }

    boolean keepsRights() {
        return ownership.keepRights();
    }

    /**
     * Who takes the place of a role that has something to do with a thing.
     *
     * @param role empty for everybody, who are always there
     * @return empty if nobody does, which is remembered
     */
    Optional<String> named(String role, String owner, String thing) {
        String mapped = RoleUse.mapped(ownership, role, owner);
        if (role.isEmpty() || server.roles().contains(mapped)) {
            return Optional.of(mapped);
        }
        lose(mapped, thing, NOT_THERE);
        return Optional.empty();
    }

    private String tablespace(String name) {
        if (name.isEmpty() || server.tablespaces().contains(name)) {
            return name;
        }
        lostSpaces.add(name);
        return "";
    }

    private String definition(Item item, List<Statement> statements) {
        StringBuilder kept = new StringBuilder();
        boolean same = true;
        boolean asGrantor = false;
        for (Statement statement : statements) {
            String changed = switch (statement.kind()) {
                case GRANTOR -> grantor(item, statement);
                case END_OF_GRANTOR -> asGrantor ? statement.text() : "";
                case POLICY -> policy(item, statement);
                case DEFAULT_RIGHT -> defaultRight(item, statement);
                case RIGHT, USER_MAPPING -> one(item, statement);
            };
            asGrantor = switch (statement.kind()) {
                case GRANTOR -> !changed.isEmpty();
                case END_OF_GRANTOR -> false;
                default -> asGrantor;
            };
            same &= changed.equals(statement.text());
            kept.append(changed.isEmpty() ? "" : changed + ";");
        }
        return same
                ? item.definition()
                : kept.isEmpty() ? "" : kept.append('\n').toString();
    }

    private String grantor(Item item, Statement statement) {
        if (!server.superuser()) {
            lose(user, item, "was granted by another role than its owner, and only a superuser can repeat that");
            return "";
        }
        return one(item, statement);
    }

    private String one(Item item, Statement statement) {
        List<String> names = new ArrayList<>();
        for (Role role : statement.roles()) {
            String mapped = RoleUse.mapped(ownership, role.name(), item.owner());
            if (!server.roles().contains(mapped)) {
                lose(mapped, item, NOT_THERE);
                return "";
            }
            names.add(mapped);
        }
        return unchanged(statement, names) ? statement.text() : statement.with(names);
    }

    private static final String NOT_THERE = "does not exist; left out";

    private String defaultRight(Item item, Statement statement) {
        String maker = RoleUse.mapped(ownership, statement.roles().getFirst().name(), item.owner());
        if (server.roles().contains(maker) && !server.within().contains(maker)) {
            lose(maker, item, "is not within reach; left out");
            return "";
        }
        return one(item, statement);
    }

    /** It is for some roles: those that are missing are not missed, unless nobody is left. */
    private String policy(Item item, Statement statement) {
        List<String> present = new ArrayList<>();
        for (Role role : statement.roles()) {
            String mapped = RoleUse.mapped(ownership, role.name(), item.owner());
            if (server.roles().contains(mapped)) {
                present.add(mapped);
            } else {
                lose(mapped, item, NOT_THERE);
            }
        }
        if (present.isEmpty() && !statement.roles().isEmpty()) {
            return "";
        }
        return unchanged(statement, present) ? statement.text() : statement.withOnly(present);
    }

    private static boolean unchanged(Statement statement, List<String> names) {
        return statement.roles().stream().map(Role::name).toList().equals(names);
    }

    private void lose(String role, Item item, String why) {
        lose(role, item.shown(), why);
    }

    private void lose(String role, String thing, String why) {
        lost.computeIfAbsent("role '" + role + "'\n" + why, key -> new TreeSet<>())
                .add(thing);
    }

    /**
     * Tells what was left out so far.
     *
     * @param commands gives the statements that make tablespaces, as far as they are known
     */
    void report(Consumer<Finding> findings, Function<Set<String>, List<String>> commands) {
        if (!lostOwners.isEmpty()) {
            findings.accept(new Finding(
                    "owners",
                    "what they owned belongs to '" + user + "', because these owners do not exist or are not within"
                            + " reach: " + some(lostOwners)));
        }
        if (!lostSpaces.isEmpty()) {
            findings.accept(new Finding(
                    "tablespaces",
                    "what they held is in the default tablespace, because these do not exist: " + some(lostSpaces)
                            + remedy(commands.apply(lostSpaces))));
        }
        lost.forEach((key, items) -> {
            int line = key.lastIndexOf('\n');
            findings.accept(new Finding(key.substring(0, line), key.substring(line + 1) + ": " + some(items)));
        });
    }

    private static String remedy(List<String> commands) {
        return commands.isEmpty() ? "" : "; make them before a restore: " + String.join("; ", commands);
    }

    private static String some(Set<String> names) {
        return String.join(", ", names.stream().limit(LISTED).toList())
                + (names.size() > LISTED ? " and " + (names.size() - LISTED) + " more" : "");
    }
}
