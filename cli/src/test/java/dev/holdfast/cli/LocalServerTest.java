package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.service.ServerProcess;
import dev.holdfast.cli.service.StateFolder;
import dev.holdfast.control.config.Environment;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands of a machine on which a server runs, or none. */
class LocalServerTest {
    private final CannedServer server = new CannedServer();

    @TempDir
    private Path folder;

    private Path state = Path.of("/nowhere");
    private Started program = new Started(Path.of("/nowhere"), new Canned());

    @BeforeEach
    void begin() throws IOException {
        state = folder.resolve("state");
        Files.createDirectories(folder.resolve("files"));
        Files.writeString(folder.resolve("files/a"), "hello");
        InstantSource clock = InstantSource.system();
        program = new Started(
                folder, new Composition(new Environment(Map.of("HOLDFAST_SPOOL", folder.toString())), clock), clock);
    }

    @AfterEach
    void end() {
        server.close();
    }

    private void described() {
        program.environment.put("HOLDFAST_DIRECTORIES", folder.resolve("files").toString());
    }

    /** As a server writes down that it runs, and lets commands in. */
    private void running() throws IOException {
        StateFolder own = new StateFolder(state).create();
        URI url = URI.create(server.url());
        ServerProcess.current(url, Optional.empty()).asReady(url).write(own);
        Files.writeString(own.token(), CannedServer.TOKEN + "\n");
    }

    private int run(String command, String... more) {
        String[] all = new String[more.length + 3];
        all[0] = command;
        all[1] = "--state";
        all[2] = state.toString();
        System.arraycopy(more, 0, all, 3, more.length);
        return program.run(all);
    }

    @Test
    void now_makes_key_and_repository_where_nothing_is_there_and_keeps_the_recovery_code() {
        described();

        assertThat(run("now")).as(program.err()).isZero();
        assertThat(state.resolve("keys/passphrase")).isNotEmptyFile();
        assertThat(state.resolve("backups/config")).isNotEmptyFile();
        assertThat(run("recovery-code")).isZero();
        assertThat(program.out()).contains("The recovery code of stack 'files'");
        assertThat(run("list", "--json")).as(program.err()).isZero();
        assertThat(run("now", "--json")).as(program.err()).isZero();
        assertThat(program.out()).contains("\"unchangedEntries\":");
    }

    @Test
    void now_begins_no_second_repository_where_the_first_one_is_gone_and_storage_init_does() throws IOException {
        described();
        assertThat(run("now")).as(program.err()).isZero();
        Files.move(state.resolve("backups"), folder.resolve("moved"));

        assertThat(run("now")).isEqualTo(20);
        assertThat(program.err()).contains("is gone").contains("holdfast storage init");
        assertThat(state.resolve("backups")).doesNotExist();

        String code = code();
        assertThat(run("storage", "init")).as(program.err()).isZero();
        assertThat(code()).isNotEqualTo(code);
        assertThat(run("now")).as(program.err()).isZero();
    }

    private String code() {
        assertThat(run("recovery-code", "--json")).isZero();
        return program.out();
    }

    @Test
    void who_describes_no_stack_means_the_server_of_this_machine() throws IOException {
        running();
        server.on("GET /api/v1/stacks", "{\"items\": [{\"name\": \"shop\"}]}")
                .on("GET /api/v1/snapshots?limit=500", "{\"items\": []}")
                .on("GET /api/v1/destinations", "{\"items\": []}");

        assertThat(run("list")).as(program.err()).isZero();
        assertThat(server.asked()).anyMatch(request -> request.startsWith("GET /api/v1/snapshots"));
    }

    @Test
    void now_leaves_a_server_alone_that_is_there_for_another_stack() throws IOException {
        described();
        running();
        server.on("GET /api/v1/stacks", "{\"items\": [{\"name\": \"shop\"}]}");

        assertThat(run("now")).as(program.err()).isZero();
        assertThat(program.out()).contains("of stack 'files'");
        assertThat(server.asked()).noneMatch(request -> request.startsWith("POST"));
    }

    @Test
    void a_variable_that_cannot_be_used_is_told_and_not_that_a_file_is_missing() {
        program.environment.put("DATABASE_URL", "mysql://shop:secret@db/shop");

        assertThat(run("list")).isEqualTo(10);
        assertThat(program.err())
                .contains("DATABASE_URL is not a URL of PostgreSQL")
                .doesNotContain("secret");
    }
}
