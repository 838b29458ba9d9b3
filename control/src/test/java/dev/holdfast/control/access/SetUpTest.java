package dev.holdfast.control.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.Secret;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SetUpTest extends OnEveryDatabase {
    private static final Environment NOTHING = new Environment(Map.of());

    private SetUpState.Needed begin(Access server) {
        return (SetUpState.Needed) server.setUp().begin(NOTHING);
    }

    private SetUpResult complete(Access server, String code, String name) {
        return server.setUp().complete(new Secret(code), name, Stage.PASSWORD, Stage.HOME);
    }

    @Test
    void the_code_stands_in_a_file_for_this_account_alone() throws Exception {
        SetUpState.Needed needed = begin(access);
        assertThat(needed.code().text()).matches("([0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}");
        assertThat(Files.readString(needed.file())).isEqualTo(needed.code().text() + "\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(needed.file())))
                .isEqualTo("rw-------");
    }

    @Test
    void the_code_makes_one_administrator_and_is_gone() {
        SetUpState.Needed needed = begin(access);
        assertThat(access.setUp().isNeeded()).isTrue();
        assertThat(complete(access, needed.code().text(), "alice"))
                .isInstanceOfSatisfying(
                        SetUpResult.Made.class,
                        made -> assertThat(made.administrator().administers()).isTrue());
        assertThat(access.setUp().isNeeded()).isFalse();
        assertThat(needed.file()).doesNotExist();
        assertThat(complete(access, needed.code().text(), "mallory")).isInstanceOf(SetUpResult.AlreadyDone.class);
        assertThat(access.setUp().begin(NOTHING)).isInstanceOf(SetUpState.Done.class);
        assertThat(access.users().named("mallory")).isEmpty();
    }

    @Test
    void it_may_be_typed_without_dashes_and_in_small_letters() {
        String typed = begin(access)
                .code()
                .text()
                .replace("-", " ")
                .toLowerCase(Locale.ROOT)
                .replace('0', 'o')
                .replace('1', 'l');
        assertThat(complete(access, typed, "alice")).isInstanceOf(SetUpResult.Made.class);
    }

    @Test
    void without_the_code_nobody_becomes_administrator_and_guessing_gets_slower() {
        begin(access);
        for (int i = 0; i < DelayRule.USER.free(); i++) {
            assertThat(complete(access, i == 0 ? "" : "0000-0000-0000-0000-0000-000" + i, "mallory"))
                    .isInstanceOf(SetUpResult.WrongCode.class);
        }
        assertThat(complete(access, "0000-0000-0000-0000-0000-0009", "mallory")).isInstanceOf(SetUpResult.Later.class);
        assertThat(access.users().list(Optional.empty(), 10)).isEmpty();
        assertThat(stage.trail()).extracting(r -> r.entry().outcome()).containsOnly(Outcome.REFUSED);
    }

    @Test
    void a_weak_password_leaves_the_code_good() {
        String code = begin(access).code().text();
        assertThatThrownBy(() ->
                        access.setUp().complete(new Secret(code), "alice", new Secret("administrator"), Stage.HOME))
                .isInstanceOf(Invalid.class);
        assertThat(complete(access, code, "alice")).isInstanceOf(SetUpResult.Made.class);
    }

    @Test
    void a_restart_keeps_the_code() {
        assertThat(begin(access).code()).isEqualTo(begin(access).code());
    }

    @Test
    void a_code_of_another_catalog_does_not_count() throws Exception {
        Path file = begin(access).file();
        Files.writeString(file, "0000-0000-0000-0000-0000-0000\n");
        assertThat(begin(access).code().text()).isNotEqualTo("0000-0000-0000-0000-0000-0000");
        assertThat(complete(access, "0000-0000-0000-0000-0000-0000", "mallory"))
                .isInstanceOf(SetUpResult.WrongCode.class);
    }

    @Test
    void each_of_several_servers_has_a_code_and_all_end_with_the_first() {
        Access other = stage.server(folder.resolve("other"));
        String one = begin(access).code().text();
        SetUpState.Needed two = begin(other);
        assertThat(two.code().text()).isNotEqualTo(one);
        assertThat(complete(other, one, "alice")).isInstanceOf(SetUpResult.Made.class);
        assertThat(complete(access, two.code().text(), "bob")).isInstanceOf(SetUpResult.AlreadyDone.class);
        other.setUp().begin(NOTHING);
        assertThat(two.file()).doesNotExist();
    }

    @Test
    void of_two_who_try_at_once_one_becomes_administrator() throws Exception {
        Access other = stage.server(folder.resolve("other"));
        String one = begin(access).code().text();
        String two = begin(other).code().text();
        List<SetUpResult> answers =
                UsersTest.atOnce(() -> complete(access, one, "alice"), () -> complete(other, two, "bob"));
        assertThat(answers)
                .hasAtLeastOneElementOfType(SetUpResult.Made.class)
                .hasAtLeastOneElementOfType(SetUpResult.AlreadyDone.class);
        assertThat(access.users().list(Optional.empty(), 10)).hasSize(1);
    }

    @Test
    void the_environment_may_name_the_administrator() throws Exception {
        Path file = Files.writeString(folder.resolve("password"), Stage.PASSWORD.text() + "\n");
        Environment environment =
                new Environment(Map.of("HOLDFAST_ADMIN_USER", "ops", "HOLDFAST_ADMIN_PASSWORD_FILE", file.toString()));
        assertThat(access.setUp().begin(environment)).isInstanceOf(SetUpState.Made.class);
        assertThat(stage.signIn("ops", Stage.PASSWORD, Stage.HOME)).isInstanceOf(SignInResult.Accepted.class);
        assertThat(access.setUp().begin(environment)).isInstanceOf(SetUpState.Done.class);
    }

    @Test
    void the_environment_changes_no_administrator_that_is_there() {
        stage.admin("alice");
        Environment environment = new Environment(
                Map.of("HOLDFAST_ADMIN_USER", "alice", "HOLDFAST_ADMIN_PASSWORD", "quite another password"));
        assertThat(access.setUp().begin(environment)).isInstanceOf(SetUpState.Done.class);
        assertThat(stage.signIn("alice", Stage.PASSWORD, Stage.HOME)).isInstanceOf(SignInResult.Accepted.class);
    }

    @Test
    void an_environment_that_says_half_or_too_little_ends_the_start() {
        assertThatThrownBy(() -> access.setUp().begin(new Environment(Map.of("HOLDFAST_ADMIN_USER", "ops"))))
                .isInstanceOf(Missing.class);
        assertThatThrownBy(
                        () -> access.setUp().begin(new Environment(Map.of("HOLDFAST_ADMIN_PASSWORD", "password1234"))))
                .isInstanceOf(Invalid.class);
        assertThat(access.setUp().isNeeded()).isTrue();
    }

    @Test
    void users_who_are_no_administrators_do_not_end_it() {
        stage.user("bob", Stage.on(Role.ADMIN, "shop"));
        assertThat(access.setUp().isNeeded()).isTrue();
    }
}
