package dev.holdfast.control.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.connectors.postgres.ClientTools;
import dev.holdfast.connectors.postgres.OwnServer;
import dev.holdfast.connectors.postgres.TrialReport;
import dev.holdfast.control.export.PlaceConfig;
import dev.holdfast.control.verify.Decryption;
import dev.holdfast.control.verify.FileCheck.Depth;
import dev.holdfast.control.verify.FileVerdict;
import dev.holdfast.control.verify.FileVerdict.State;
import dev.holdfast.control.verify.VerifyResult;
import dev.holdfast.demo.stand.PrivatePostgres;
import dev.holdfast.engine.place.MemoryPlace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dumps of PostgreSQL's own programs in a place, restored for a trial into real servers. */
class VerifyOperationTest {
    @TempDir
    static Path folder;

    private static PrivatePostgres theirs;

    /** Short, for the path of a socket is. */
    private static Path scratch;

    private final FakeConnectors connectors = new FakeConnectors(new ArrayList<>());
    private final MemoryPlace place = new MemoryPlace(() -> FakeRepository.NOW);
    private final List<OwnServer> servers = new ArrayList<>();

    @BeforeAll
    static void start() throws IOException {
        theirs = PrivatePostgres.in(folder.resolve("server")).forgetful().start();
        theirs.createDatabase("shop");
        theirs.execute("shop", "CREATE TABLE t AS SELECT generate_series(1, 70) AS n", "CREATE ROLE keeper");
        theirs.execute("shop", "ALTER TABLE t OWNER TO keeper");
        scratch = Files.createTempDirectory("hf");
    }

    @AfterAll
    static void stop() throws IOException {
        theirs.close();
        Files.delete(scratch);
    }

    @BeforeEach
    void connect() {
        connectors.exportPlaces.put("/old", place);
        connectors.spool = scratch;
        connectors.scratch = () -> {
            OwnServer server = OwnServer.start(ClientTools.ofMachine(), scratch);
            servers.add(server);
            return server;
        };
    }

    @AfterEach
    void close() {
        servers.forEach(OwnServer::close);
    }

    @Test
    void two_dumps_of_a_whole_server_each_get_a_server_of_their_own() throws Exception {
        made("monday.sql", "pg_dumpall -f $OUT");
        made("tuesday.sql", "pg_dumpall -f $OUT");
        made("shop.dump", "pg_dump -Fc -d shop -f $OUT");
        made("shop.sql", "pg_dump -d shop -f $OUT");

        VerifyResult result = verified();

        assertThat(result.files()).hasSize(4).allSatisfy(VerifyOperationTest::assertWhole);
        assertThat(servers).hasSize(3);
    }

    @Test
    void packed_folders_of_pg_dump_are_unpacked_and_restored() throws Exception {
        made("in-folder.tar", "pg_dump -Fd -d shop -f one; tar -cf $OUT one");
        made("plain.tar.gz", "pg_dump -Fd -Z0 -d shop -f two; tar -czf $OUT -C two .");
        made("folder.zip", "pg_dump -Fd -d shop -f three; zip -qr $OUT three");

        VerifyResult result = verified();

        assertThat(result.files()).hasSize(3).allSatisfy(VerifyOperationTest::assertWhole);
        assertThat(servers).hasSize(1);
    }

    @Test
    void several_dumps_in_one_tar_are_not_called_whole_when_none_was_restored() throws Exception {
        made("both.tar", "mkdir b; pg_dump -Fd -d shop -f b/a; pg_dump -Fd -d shop -f b/b; tar -cf $OUT b");

        assertThat(verified().files()).singleElement().satisfies(verdict -> {
            assertThat(verdict.state()).isEqualTo(State.UNPROVEN);
            assertThat(verdict.notCompared()).anyMatch(what -> what.contains("several dumps"));
        });
        assertThat(servers).isEmpty();
    }

    private static void assertWhole(FileVerdict verdict) {
        assertThat(verdict.state()).as(verdict.toString()).isEqualTo(State.WHOLE);
        assertThat(verdict.trial()).map(TrialReport::rows).contains(70L);
    }

    private VerifyResult verified() {
        return new VerifyOperation(connectors, () -> FakeRepository.NOW)
                .run(
                        new VerifyOperation.Request(
                                new PlaceConfig.Local(Path.of("/old")),
                                Optional.empty(),
                                Depth.RESTORE,
                                0,
                                true,
                                new Decryption(Optional.empty(), Optional.empty(), Optional.empty()),
                                Optional.empty()),
                        Run.silent());
    }

    private void made(String name, String command) throws IOException, InterruptedException {
        Path file = folder.resolve(name);
        ProcessBuilder builder = new ProcessBuilder("bash", "-euo", "pipefail", "-c", command)
                .directory(folder.toFile())
                .inheritIO();
        builder.environment()
                .putAll(Map.of(
                        "OUT",
                        file.toString(),
                        "PGHOST",
                        "127.0.0.1",
                        "PGPORT",
                        Integer.toString(theirs.port()),
                        "PGUSER",
                        PrivatePostgres.SUPERUSER,
                        "PGPASSWORD",
                        theirs.password()));
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS) ? process.exitValue() : -1)
                .as(command)
                .isZero();
        place.put(name, Files.readAllBytes(file));
    }
}
