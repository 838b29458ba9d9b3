package dev.holdfast.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.connectors.postgres.PostgresRestore.Ownership;
import dev.holdfast.engine.source.Finding;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RoleTextTest {
    private final List<Finding> findings = new ArrayList<>();

    /** What becomes of a definition where app, "To From" and boss are known, and app takes the place of old. */
    private String edited(String type, String owner, String definition) {
        return edited(type, owner, definition, new Ownership(Optional.empty(), Map.of("old", "app"), true, true), true);
    }

    private String edited(String type, String owner, String definition, Ownership ownership, boolean superuser) {
        Set<String> roles = Set.of("app", "To From", "boss");
        RoleChanges changes = new RoleChanges(
                ownership,
                "me",
                new RoleChanges.Server(roles, superuser ? roles : Set.of(), new HashSet<>(), superuser));
        ArchiveToc.Item item = changes.edit(
                new ArchiveToc.Item(1, new CatalogId(0, 0), type, "s", "x", owner, "", definition, List.of()));
        changes.report(findings::add, names -> List.of());
        return item == null ? "" : item.definition();
    }

    @Test
    void a_role_takes_the_place_of_another_in_grants() {
        assertThat(edited("ACL", "old", """
                REVOKE ALL ON TABLE s."a ""to"" b; GRANT" FROM old;
                GRANT SELECT,INSERT(a) ON TABLE s."a ""to"" b; GRANT" TO old WITH GRANT OPTION;
                GRANT SELECT ON TABLE s.t TO PUBLIC;
                SET SESSION AUTHORIZATION old;
                GRANT SELECT ON TABLE s.t TO "To From";
                RESET SESSION AUTHORIZATION;
                """)).isEqualTo("""
                REVOKE ALL ON TABLE s."a ""to"" b; GRANT" FROM "app";
                GRANT SELECT,INSERT(a) ON TABLE s."a ""to"" b; GRANT" TO "app" WITH GRANT OPTION;
                GRANT SELECT ON TABLE s.t TO PUBLIC;
                SET SESSION AUTHORIZATION "app";
                GRANT SELECT ON TABLE s.t TO "To From";
                RESET SESSION AUTHORIZATION;
                """);
        assertThat(findings).isEmpty();
    }

    @Test
    void what_mentions_no_other_role_stays_byte_for_byte() {
        String grant = "GRANT ALL ON FUNCTION s.f(a interval, \"b\" text) TO \"To From\" ;\n\n";
        assertThat(edited("ACL", "boss", grant)).isEqualTo(grant);
        String policy = "CREATE POLICY p ON s.t USING ((owner = 'old; to old'::name));\n";
        assertThat(edited("POLICY", "boss", policy)).isEqualTo(policy);
        String function = "CREATE FUNCTION f() ... GRANT x TO old";
        assertThat(edited("FUNCTION", "boss", function)).isEqualTo(function);
        String unknown = "GRANT SELECT ON s.t TO old; DO SOMETHING NEW TO old;\n";
        assertThat(edited("ACL", "boss", unknown)).isEqualTo(unknown);
    }

    @Test
    void a_right_of_a_missing_role_is_left_out_and_the_others_stay() {
        assertThat(edited("ACL", "boss", "GRANT SELECT ON TABLE s.t TO gone;\nGRANT SELECT ON TABLE s.t TO app;\n"))
                .isEqualTo("\nGRANT SELECT ON TABLE s.t TO app;\n");
        assertThat(findings).containsExactly(new Finding("role 'gone'", "does not exist; left out: ACL s.x"));
        assertThat(edited("ACL", "boss", "GRANT SELECT ON TABLE s.t TO \"Gone\";\n"))
                .isEmpty();
    }

    @Test
    void default_rights_have_two_roles() {
        assertThat(edited(
                        "DEFAULT ACL",
                        "old",
                        "ALTER DEFAULT PRIVILEGES FOR ROLE old IN SCHEMA s GRANT SELECT ON TABLES TO old;\n"))
                .isEqualTo(
                        "ALTER DEFAULT PRIVILEGES FOR ROLE \"app\" IN SCHEMA s GRANT SELECT ON TABLES TO \"app\";\n");
        assertThat(edited(
                        "DEFAULT ACL",
                        "old",
                        "ALTER DEFAULT PRIVILEGES FOR ROLE app REVOKE ALL ON FUNCTIONS FROM PUBLIC;\n",
                        Ownership.CAPTURED,
                        false))
                .isEmpty();
        assertThat(findings)
                .containsExactly(new Finding("role 'app'", "is not within reach; left out: DEFAULT ACL s.x"));
    }

    @Test
    void a_policy_keeps_the_roles_that_are_there() {
        assertThat(
                        edited(
                                "POLICY",
                                "boss",
                                "CREATE POLICY \"to\" ON s.t AS RESTRICTIVE FOR SELECT TO old, gone, \"To From\" USING ((a IN (1, 2))) WITH CHECK (true);\n"))
                .isEqualTo(
                        "CREATE POLICY \"to\" ON s.t AS RESTRICTIVE FOR SELECT TO \"app\", \"To From\" USING ((a IN (1, 2))) WITH CHECK (true);\n");
        assertThat(findings).containsExactly(new Finding("role 'gone'", "does not exist; left out: POLICY s.x"));
        assertThat(edited("POLICY", "boss", "CREATE POLICY p ON s.t TO gone USING (true);\n"))
                .isEmpty();
    }

    @Test
    void one_owner_for_everything_takes_the_rights_of_each_owner_and_of_nobody_else() {
        Ownership owner = new Ownership(Optional.of("boss"), Map.of(), true, true);
        String rights = "REVOKE ALL ON TABLE s.t FROM old;\nGRANT SELECT ON TABLE s.t TO app;\n";
        assertThat(edited("ACL", "old", rights, owner, true))
                .isEqualTo("REVOKE ALL ON TABLE s.t FROM \"boss\";\nGRANT SELECT ON TABLE s.t TO app;\n");
        assertThat(edited("ACL", "app", rights, owner, true)).isEqualTo("\nGRANT SELECT ON TABLE s.t TO \"boss\";\n");
    }

    @Test
    void rights_are_left_out_without_a_word_if_nobody_wants_them() {
        Ownership none = new Ownership(Optional.empty(), Map.of(), false, false);
        assertThat(edited("ACL", "boss", "GRANT SELECT ON TABLE s.t TO gone;\n", none, true))
                .isEmpty();
        assertThat(findings).isEmpty();
    }

    @Test
    void only_a_superuser_grants_as_somebody_else() {
        assertThat(edited(
                        "ACL",
                        "boss",
                        "SET SESSION AUTHORIZATION app;\nGRANT SELECT ON TABLE s.t TO boss;\nRESET SESSION AUTHORIZATION;\n",
                        Ownership.CAPTURED,
                        false))
                .isEqualTo("\nGRANT SELECT ON TABLE s.t TO boss;\n");
        assertThat(findings)
                .extracting(Finding::message)
                .contains("was granted by another role than its owner, and only a superuser can repeat that: ACL s.x");
    }
}
