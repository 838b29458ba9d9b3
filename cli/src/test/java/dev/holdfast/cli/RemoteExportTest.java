package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.cli.client.ServerClient;
import dev.holdfast.cli.client.ServerPlace;
import dev.holdfast.connectors.files.LocalExportFile;
import dev.holdfast.control.config.Secret;
import dev.holdfast.control.operation.Cancellation;
import dev.holdfast.control.operation.ExportFormat;
import dev.holdfast.control.operation.Run;
import dev.holdfast.control.operation.RunListener;
import dev.holdfast.control.operation.Step;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.Progress;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exports of a server that land here. */
class RemoteExportTest {
    private static final String TYPE = "application/vnd.holdfast.export";
    private static final String AT = "GET /api/v1/stacks/shop/snapshots/" + Canned.SECOND + "/export/followed?format=";
    private static final String ARCHIVE = AT + "custom&changeable=true&part=database&compress=6";
    private static final String SCRIPT = AT + "sql&changeable=false&part=database&compress=0&create=true";
    private static final String STEP =
            "{\"progress\": {\"phase\": \"export\", \"subject\": \"database\", \"entries\": 12, \"bytes\": 3400}}";

    private final CannedServer server = new CannedServer();

    @TempDir
    private Path folder;

    private Started program = new Started(Path.of("/nowhere"), new Canned());

    @BeforeEach
    void start() {
        program = new Started(folder, new Canned());
        program.environment.put("HOLDFAST_SERVER", server.url());
        program.environment.put("HOLDFAST_TOKEN", CannedServer.TOKEN);
        server.on("GET /api/v1/stacks", "{\"items\": [{\"name\": \"shop\"}], \"troubles\": []}")
                .on("GET /api/v1/snapshots?limit=500&stack=shop", """
                        {"items": [{"id": "%s", "stack": "shop", "began": "2026-11-20T05:00:00Z", "committed": "2026-11-20T05:00:42Z",
                          "parts": [{"name": "database", "kind": "postgres"}, {"name": "media", "kind": "bucket"}], "labels": {}, "findings": []}]}""".formatted(Canned.SECOND));
    }

    @AfterEach
    void end() {
        server.close();
    }

    private static String report(long fileBytes, String findings) {
        return """
                {"report": {"part": "database", "kind": "postgres", "entries": 12, "bytes": 3400, "fileBytes": %d, "seconds": 0.0,
                  "findings": [%s]}}""".formatted(fileBytes, findings);
    }

    /** Frames as the server sends them. */
    private static final class Frames {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        private Frames add(int kind, byte[] content) {
            try (DataOutputStream out = new DataOutputStream(bytes)) {
                out.writeByte(kind);
                out.writeInt(content.length);
                out.write(content);
                return this;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        Frames file(String text) {
            return add(0, text.getBytes(StandardCharsets.UTF_8));
        }

        Frames news(String json) {
            return add(1, json.getBytes(StandardCharsets.UTF_8));
        }

        Frames patch(long position, String text) {
            byte[] content = text.getBytes(StandardCharsets.UTF_8);
            return add(
                    2,
                    ByteBuffer.allocate(8 + content.length)
                            .putLong(position)
                            .put(content)
                            .array());
        }

        byte[] all() {
            return bytes.toByteArray();
        }
    }

    private void leavesNothing() {
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void an_export_of_a_server_is_told_as_one_of_this_machine_and_its_places_are_patched_in() throws IOException {
        server.on(
                ARCHIVE,
                TYPE,
                new Frames()
                        .news(STEP.replace("12", "0").replace("3400", "0"))
                        .file("data at ??")
                        .file(", end")
                        .patch(8, "15")
                        .news(STEP)
                        .news(report(15, ""))
                        .all());

        assertThat(program.run("export", "--output", "shop.dump"))
                .as(program.err())
                .isZero();
        assertThat(folder.resolve("shop.dump")).hasContent("data at 15, end");
        assertThat(program.out())
                .isEqualTo("Snapshot " + Canned.SECOND + " of stack 'shop', 2026-11-20 05:00:00 UTC\n"
                        + "Exported 12 entries (3.4 kB) of 'database' as custom, 15 B to "
                        + folder.resolve("shop.dump") + " in 0.0 s\n");
        assertThat(program.err()).startsWith("exporting database: done, 3.4 kB, 12 entries in ");
        assertThat(program.run("export", "--output", "shop.dump")).isEqualTo(ErrorCode.FILE_UNWRITABLE.number());
        assertThat(program.run("export", "--output", "shop.dump", "--overwrite", "--json"))
                .isZero();
        assertThat(program.out()).contains("\"fileBytes\":15,").contains("\"findings\":[]");
        assertThat(folder).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void an_export_goes_to_standard_output_as_it_comes_and_what_was_found_is_code_3() {
        server.on(
                SCRIPT,
                TYPE,
                new Frames()
                        .news(STEP)
                        .file("CREATE")
                        .news(report(6, "{\"subject\": \"database\", \"message\": \"look\"}"))
                        .all());

        assertThat(program.run("export", "latest", "database", "--format", "sql", "--create", "-o", "-"))
                .isEqualTo(ErrorCode.FINDINGS.number());
        assertThat(program.out()).isEqualTo("CREATE");
        assertThat(program.err()).contains("look").contains("6 B to standard output");
    }

    @Test
    void a_download_that_is_cut_gets_no_name_wherever_it_is_cut() {
        byte[] whole =
                new Frames().news(STEP).file("0123456789").news(report(10, "")).all();
        for (int length = 0; length < whole.length; length += 7) {
            byte[] some = new byte[length];
            System.arraycopy(whole, 0, some, 0, length);
            server.cut(ARCHIVE, TYPE, some).on(ARCHIVE, TYPE, some);
        }
        for (int length = 0; length < whole.length; length += 7) {
            for (String way : new String[] {"cut", "ended as if it were whole"}) {
                assertThat(program.run("export", "--output", "shop.dump"))
                        .as(way + " after " + length)
                        .isEqualTo(ErrorCode.SERVER_UNAVAILABLE.number());
                assertThat(program.err()).contains("was cut: ").contains("HINT: what came is given up; try again.");
                leavesNothing();
            }
        }
    }

    @Test
    void plain_sql_that_was_cut_makes_psql_fail() {
        server.cut(
                SCRIPT,
                TYPE,
                new Frames().news(STEP).file("COPY t FROM stdin;\n1").all());

        assertThat(program.run("export", "latest", "database", "--format", "sql", "--create", "-o", "-"))
                .isEqualTo(ErrorCode.SERVER_UNAVAILABLE.number());
        assertThat(program.out()).startsWith("COPY t FROM stdin;\n1\n\\.\n").contains("RAISE EXCEPTION");
    }

    @Test
    void bytes_that_are_missing_or_do_not_fit_are_told() {
        server.on(ARCHIVE, TYPE, new Frames().file("123").news(report(4, "")).all())
                .on(ARCHIVE, TYPE, new Frames().file("123").patch(2, "xx").all())
                .on(ARCHIVE, TYPE, new Frames().add(9, new byte[3]).all());
        for (String told :
                new String[] {"3 of 4 bytes came", "a change of what did not come", "of an unknown kind 9"}) {
            assertThat(program.run("export", "--output", "shop.dump")).isEqualTo(ErrorCode.SERVER_UNAVAILABLE.number());
            assertThat(program.err()).contains(told);
            leavesNothing();
        }
    }

    @Test
    void why_it_cannot_be_made_whole_there_is_told_here() {
        server.on(ARCHIVE, TYPE, new Frames().news(STEP).file("123").news("""
                {"error": {"code": "damaged", "number": 24, "message": "pack 1 is damaged", "hint": "run 'holdfast check'."}}""").all());

        assertThat(program.run("export", "--output", "shop.dump")).isEqualTo(ErrorCode.DAMAGED.number());
        assertThat(program.err()).contains("error: pack 1 is damaged\nHINT: run 'holdfast check'.");
        leavesNothing();
    }

    @Test
    void whoever_ends_it_here_keeps_nothing_of_it() {
        server.on(
                ARCHIVE,
                TYPE,
                new Frames()
                        .news(STEP)
                        .file("123")
                        .news(STEP)
                        .news(report(3, ""))
                        .all());
        Cancellation cancellation = new Cancellation();
        RunListener impatient = new RunListener() {
            @Override
            public Progress began(Step step) {
                cancellation.cancel();
                return Progress.NONE;
            }

            @Override
            public void ended(Step step) {}

            @Override
            public void found(Finding finding) {}
        };
        ServerPlace place = ServerPlace.of(server.url(), Optional.of(new Secret(CannedServer.TOKEN)), Optional.empty());
        try (ServerClient client = new ServerClient(place)) {
            RemoteRepository there = new RemoteServer(client).repository(Optional.of("shop"));
            assertThatThrownBy(() -> there.export(
                            "latest",
                            Optional.empty(),
                            Optional.of(new ExportFormat.Archive(6)),
                            new LocalExportFile(folder.resolve("shop.dump"), false),
                            new Run(impatient, cancellation)))
                    .isInstanceOf(Cancelled.class)
                    .hasMessage("cancelled");
        }
        leavesNothing();
    }

    @Test
    void an_archive_of_a_server_lands_here_as_one_of_this_machine_would_and_its_digest_beside() {
        server.on(
                AT + "tar.gz&changeable=true&part=media",
                TYPE,
                new Frames()
                        .news(STEP)
                        .file("0123456789")
                        .news(report(10, "").replace("database", "media").replace("postgres", "bucket"))
                        .all());

        assertThat(program.run("export", "latest", "media", "-o", "media.tar.gz", "--checksum", "md5", "--json"))
                .as(program.err())
                .isZero();
        assertThat(folder.resolve("media.tar.gz")).hasContent("0123456789");
        assertThat(folder.resolve("media.tar.gz.md5")).hasContent("781e5e245d69b566979b86e28d23f2c7  media.tar.gz\n");
        assertThat(program.out()).contains("\"format\":\"tar.gz\"", "\"kind\":\"bucket\"", "\"fileBytes\":10");
    }

    @Test
    void a_tree_and_a_format_that_does_not_fit_are_refused_before_anything_comes() {
        assertThat(program.run("export", "latest", "media", "--format", "tree", "-o", "copy"))
                .isEqualTo(2);
        assertThat(program.err()).contains("--format tree works where the repository can be reached");
        assertThat(program.run("export", "latest", "media", "--format", "sql", "-o", "copy"))
                .isEqualTo(2);
        assertThat(server.asked()).noneMatch(request -> request.contains("/export"));
        leavesNothing();
    }

    @Test
    void too_many_downloads_and_a_file_that_is_there_are_told_before_anything_comes() throws IOException {
        server.on(ARCHIVE, 429, "application/problem+json", """
                {"detail": "6 downloads are under way", "code": "too-many-requests", "number": 79, "hint": "wait until one has ended."}""");

        assertThat(program.run("export", "--output", "shop.dump")).isEqualTo(ErrorCode.TOO_MANY_REQUESTS.number());
        assertThat(program.err()).contains("6 downloads are under way");
        leavesNothing();
        Files.writeString(folder.resolve("shop.dump"), "mine");
        int asked = server.asked().size();
        assertThat(program.run("export", "--output", "shop.dump")).isEqualTo(ErrorCode.FILE_UNWRITABLE.number());
        assertThat(server.asked().subList(asked, server.asked().size()))
                .noneMatch(request -> request.contains("/export"));
        assertThat(folder.resolve("shop.dump")).hasContent("mine");
    }
}
