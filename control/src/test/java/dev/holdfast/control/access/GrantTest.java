package dev.holdfast.control.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class GrantTest {
    @Test
    void each_role_may_what_the_ones_before_it_may() {
        assertThat(Role.ADMIN.covers(Role.OPERATOR)).isTrue();
        assertThat(Role.OPERATOR.covers(Role.OPERATOR)).isTrue();
        assertThat(Role.VIEWER.covers(Role.OPERATOR)).isFalse();
    }

    @Test
    void a_restricted_role_holds_for_exactly_the_stacks_it_names() {
        Grant grant = Stage.on(Role.OPERATOR, "shop");
        assertThat(grant.permits(Role.OPERATOR, "shop")).isTrue();
        assertThat(grant.permits(Role.VIEWER, "shop")).isTrue();
        assertThat(grant.permits(Role.ADMIN, "shop")).isFalse();
        assertThat(grant.permits(Role.VIEWER, "shop2")).isFalse();
        assertThat(grant.permits(Role.VIEWER, "Shop")).isFalse();
        assertThat(grant.permits(Role.VIEWER, "sho")).isFalse();
    }

    @Test
    void a_restricted_role_permits_nothing_that_is_about_all() {
        assertThat(Stage.on(Role.ADMIN, "shop").permitsEverywhere(Role.VIEWER)).isFalse();
        assertThat(Grant.everywhere(Role.OPERATOR).permitsEverywhere(Role.VIEWER))
                .isTrue();
        assertThat(Grant.everywhere(Role.OPERATOR).permitsEverywhere(Role.ADMIN))
                .isFalse();
    }

    @Test
    void two_grants_together_permit_what_both_do() {
        Grant wide = Grant.everywhere(Role.OPERATOR);
        Grant narrow = Stage.on(Role.ADMIN, "shop", "blog");
        assertThat(wide.and(narrow)).isEqualTo(Stage.on(Role.OPERATOR, "shop", "blog"));
        assertThat(narrow.and(Stage.on(Role.VIEWER, "blog", "wiki"))).isEqualTo(Stage.on(Role.VIEWER, "blog"));
        assertThat(Stage.on(Role.ADMIN, "a").and(Stage.on(Role.ADMIN, "b")).permits(Role.VIEWER, "a"))
                .isFalse();
    }

    @Test
    void a_grant_is_within_another_if_it_permits_nothing_more() {
        Grant wide = Grant.everywhere(Role.OPERATOR);
        Grant narrow = Stage.on(Role.OPERATOR, "shop");
        assertThat(narrow.isWithin(wide)).isTrue();
        assertThat(wide.isWithin(narrow)).isFalse();
        assertThat(Stage.on(Role.ADMIN, "shop").isWithin(wide)).isFalse();
        assertThat(Stage.on(Role.VIEWER, "shop", "blog").isWithin(narrow)).isFalse();
        assertThat(new Grant(Role.VIEWER, StackScope.only(List.of())).isWithin(narrow))
                .isTrue();
    }

    @Test
    void roles_are_named_in_any_case() {
        assertThat(Role.named("Operator")).contains(Role.OPERATOR);
        assertThat(Role.named("root")).isEmpty();
    }
}
