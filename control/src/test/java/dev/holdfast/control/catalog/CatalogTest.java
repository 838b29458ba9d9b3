package dev.holdfast.control.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.control.config.Secret;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Unsupported;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CatalogTest {
    private static final int SERVERS = 4;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void an_empty_catalog_gets_all_tables_and_keeps_what_is_in_it(Catalogs kind) {
        CatalogPlace place = kind.place(folder);
        try (Catalog catalog = Catalog.open(place)) {
            catalog.jdbi()
                    .useHandle(handle -> handle.execute("INSERT INTO run_gate (stack, turns) VALUES ('shop', 7)"));
        }
        try (Catalog catalog = Catalog.open(place)) {
            assertThat(catalog.isShared()).isEqualTo(kind == Catalogs.POSTGRES);
            assertThat(number(catalog, "SELECT turns FROM run_gate WHERE stack = 'shop'"))
                    .isEqualTo(7);
        }
    }

    @ParameterizedTest
    @EnumSource
    void servers_that_open_an_empty_catalog_at_once_all_find_it_whole(Catalogs kind) {
        CatalogPlace place = kind.place(folder);
        CountDownLatch together = new CountDownLatch(SERVERS);
        List<CompletableFuture<Catalog>> opening = new ArrayList<>();
        for (int i = 0; i < SERVERS; i++) {
            opening.add(CompletableFuture.supplyAsync(
                    () -> {
                        together.countDown();
                        await(together);
                        return Catalog.open(place);
                    },
                    work -> Thread.ofPlatform().daemon().start(work)));
        }
        for (CompletableFuture<Catalog> one : opening) {
            try (Catalog catalog = one.join()) {
                assertThat(number(catalog, "SELECT count(*) FROM run_counter")).isEqualTo(1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_is_written_in_a_transaction_that_fails_is_not_there(Catalogs kind) {
        try (Catalog catalog = kind.open(folder)) {
            assertThatThrownBy(() -> catalog.jdbi().useTransaction(handle -> {
                        handle.execute("INSERT INTO run_gate (stack, turns) VALUES ('shop', 1)");
                        throw new IllegalStateException("enough");
                    }))
                    .hasMessage("enough");

            assertThat(number(catalog, "SELECT count(*) FROM run_gate")).isZero();
        }
    }

    @Test
    void nobody_else_may_read_the_file_of_a_catalog() throws Exception {
        try (Catalog catalog = Catalogs.SQLITE.open(folder)) {
            catalog.jdbi().useHandle(handle -> handle.execute("INSERT INTO run_gate (stack, turns) VALUES ('x', 1)"));
            try (var files = Files.list(folder)) {
                assertThat(files.filter(file -> file.getFileName().toString().startsWith("catalog.db")))
                        .isNotEmpty()
                        .allSatisfy(
                                file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                                        .isEqualTo("rw-------"));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_catalog_of_a_newer_version_is_refused_and_left_as_it_is(Catalogs kind) {
        CatalogPlace place = kind.place(folder);
        try (Catalog catalog = Catalog.open(place)) {
            catalog.jdbi()
                    .useHandle(
                            handle -> handle.execute(
                                    "INSERT INTO holdfast_migrations (installed_rank, version,"
                                            + " description, type, script, checksum, installed_by, installed_on, execution_time,"
                                            + " success) SELECT 9999, '9999', 'future', type, 'V9999__future.sql', 1, installed_by,"
                                            + " installed_on, execution_time, success FROM holdfast_migrations WHERE installed_rank = 1"));
            long steps = number(catalog, "SELECT count(*) FROM holdfast_migrations");

            assertThatThrownBy(() -> Catalog.open(place))
                    .isInstanceOf(Unsupported.class)
                    .hasMessageContaining("newer version")
                    .hasMessageContaining("9999");
            assertThat(number(catalog, "SELECT count(*) FROM holdfast_migrations"))
                    .isEqualTo(steps);
        }
    }

    @Test
    void a_file_that_is_no_catalog_is_said_to_be_replaceable() throws Exception {
        Path file = folder.resolve("catalog.db");
        Files.writeString(file, "this is not a database, but it is long enough to be looked at as one.");

        assertThatThrownBy(() -> Catalog.open(new CatalogPlace.File(file)))
                .isInstanceOfSatisfying(HoldfastException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.CATALOG_UNAVAILABLE);
                    assertThat(e.hint()).contains("made anew from the repositories");
                });
    }

    @Test
    void a_server_that_is_not_there_is_told_without_its_password() {
        Secret url = new Secret("postgresql://holdfast:geheim@127.0.0.1:1/holdfast?connect_timeout=2");

        assertThatThrownBy(() -> Catalog.open(new CatalogPlace.Shared(url, Optional.empty())))
                .isInstanceOfSatisfying(HoldfastException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.CATALOG_UNAVAILABLE);
                    assertThat(e.getMessage()).doesNotContain("geheim");
                });
    }

    private static long number(Catalog catalog, String sql) {
        return catalog.jdbi()
                .withHandle(handle -> handle.createQuery(sql).mapTo(Long.class).one());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
