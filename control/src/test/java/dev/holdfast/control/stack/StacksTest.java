package dev.holdfast.control.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.control.catalog.Catalog;
import dev.holdfast.control.catalog.Catalogs;
import dev.holdfast.control.catalog.Seal;
import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.PostgresConfig;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.config.StackFileReader;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StacksTest {
    private static final String SHOP = """
            stack: shop
            sources:
              database:   # the one that matters
                postgres: {url: 'postgresql://shop@db/shop', password: 'geh"eim'}
              uploads:
                directory: {path: /srv/uploads}
            repository:
              passphrase: four random words
              destinations:
                disk:
                  local: {path: /backups}
            """;

    private final List<AutoCloseable> opened = new ArrayList<>();

    @TempDir
    private Path folder;

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : opened) {
            one.close();
        }
    }

    private Catalog catalog(Catalogs kind) {
        Catalog catalog = kind.open(folder);
        opened.add(catalog);
        return catalog;
    }

    private Stacks stacks(Catalog catalog, Path... files) {
        return Stacks.of(
                catalog,
                Seal.with(folder.resolve("catalog.key"), new SecureRandom()),
                new StackFileReader(new Environment(Map.of())),
                folder,
                List.of(files),
                Optional.empty());
    }

    private static void assertConflict(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        HoldfastException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
    }

    @ParameterizedTest
    @EnumSource
    void a_stack_made_here_is_known_to_every_server_and_unreadable_in_the_catalog(Catalogs kind) {
        Catalog catalog = catalog(kind);
        StackRecord made = stacks(catalog).create(SHOP);

        assertThat(made.origin()).isEqualTo(StackOrigin.DASHBOARD);
        assertThat(made.revision()).isEqualTo(1);
        Stacks other = stacks(catalog);
        assertThat(other.list()).containsExactly(made);
        assertThat(password(other.show("shop").config())).isEqualTo("geh\"eim");
        String kept = catalog.jdbi()
                .withHandle(handle -> handle.createQuery("SELECT content FROM stack")
                        .mapTo(String.class)
                        .one());
        assertThat(kept).startsWith("v1.").doesNotContain("geh", "random");
        assertConflict(() -> other.create(SHOP));
    }

    private static String password(StackConfig config) {
        return ((PostgresConfig) config.sources().getFirst())
                .password()
                .orElseThrow()
                .text();
    }

    @ParameterizedTest
    @EnumSource
    void a_change_keeps_masked_secrets_and_needs_the_revision_it_was_thought_of(Catalogs kind) {
        Stacks stacks = stacks(catalog(kind));
        stacks.create(SHOP);
        String shown = stacks.text("shop").orElseThrow();
        assertThat(shown)
                .doesNotContain("geh", "random")
                .contains("password: '********'", "# the one that matters", "url: 'postgresql://shop@db/shop'");

        StackRecord changed = stacks.change("shop", shown.replace("/srv/uploads", "/srv/files"), 1);

        assertThat(changed.revision()).isEqualTo(2);
        assertThat(password(changed.config())).isEqualTo("geh\"eim");
        assertThat(changed.config().repository().key()).isPresent();
        assertConflict(() -> stacks.change("shop", shown, 1));
        assertConflict(() -> stacks.change("shop", shown.replace("stack: shop", "stack: blog"), 2));
        assertThatThrownBy(() -> stacks.change("shop", shown.replace("database:", "other:"), 2))
                .hasMessageContaining("stands for no secret");
        assertThatThrownBy(() -> stacks.change("shop", "stack: [", 2)).isInstanceOf(HoldfastException.class);
        assertThat(stacks.show("shop")).isEqualTo(changed);
    }

    @ParameterizedTest
    @EnumSource
    void a_stack_is_removed_without_touching_its_backups(Catalogs kind) throws Exception {
        Stacks stacks = stacks(catalog(kind));
        Path backups = Files.createDirectories(folder.resolve("backups"));
        Path file = Files.writeString(backups.resolve("config"), "a repository");
        stacks.create(SHOP.replace("/backups", backups.toString()));

        assertConflict(() -> stacks.remove("shop", 7));
        stacks.remove("shop", 1);

        assertThat(stacks.list()).isEmpty();
        assertThat(file).hasContent("a repository");
        assertThatThrownBy(() -> stacks.remove("shop", 1))
                .isInstanceOfSatisfying(
                        HoldfastException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_NAME));
    }

    @Test
    void a_stack_file_is_read_again_and_a_broken_one_leaves_its_stack_as_it_was() throws Exception {
        Path file = Files.writeString(folder.resolve("shop.yaml"), SHOP);
        Stacks stacks = stacks(catalog(Catalogs.SQLITE), file);
        assertThat(stacks.show("shop").origin()).isEqualTo(StackOrigin.FILE);
        assertThat(stacks.text("shop")).isEmpty();
        assertConflict(() -> stacks.change("shop", SHOP, 1));
        assertConflict(() -> stacks.create(SHOP));

        Files.writeString(file, SHOP.replace("/srv/uploads", "/srv/files"));
        stacks.reload();
        assertThat(stacks.show("shop").revision()).isEqualTo(2);

        Files.writeString(file, "stack: shop\nsources: nothing\n");
        stacks.reload();
        assertThat(stacks.show("shop").revision()).isEqualTo(2);
        assertThat(stacks.troubles())
                .singleElement()
                .satisfies(trouble -> assertThat(trouble.message()).contains("shop.yaml:2"));

        Files.writeString(file, SHOP);
        stacks.reload();
        assertThat(stacks.troubles()).isEmpty();
    }

    @Test
    void a_file_that_says_the_same_is_no_change() throws Exception {
        Path file = Files.writeString(folder.resolve("shop.yaml"), SHOP + """
                schedule: {at: '0 2 * * *', zone: Europe/Berlin, jitter: 15m}
                retention: {keep-daily: 7, keep-weekly: 4}
                hooks:
                  after-restore: {command: systemctl restart app}
                  on-failure:
                    - http: {url: 'http://127.0.0.1:9/', headers: {X: y}, body: '{{run}}'}
                retry: {attempts: 2}
                """);
        Stacks stacks = stacks(catalog(Catalogs.SQLITE), file);
        assertThat(stacks.troubles()).isEmpty();
        stacks.reload();
        stacks.reload();
        assertThat(stacks.show("shop").revision()).isEqualTo(1);
    }

    @Test
    void a_stack_sealed_with_a_key_that_is_gone_is_told_and_harms_no_other() throws Exception {
        Catalog catalog = catalog(Catalogs.SQLITE);
        stacks(catalog).create(SHOP);
        Files.delete(folder.resolve("catalog.key"));

        Stacks stacks = stacks(catalog, Files.writeString(folder.resolve("b.yaml"), SHOP.replace("shop\n", "blog\n")));
        assertThat(stacks.list()).extracting(StackRecord::name).containsExactly("blog");
        assertThat(stacks.troubles())
                .singleElement()
                .satisfies(trouble -> assertThat(trouble.message()).contains("is not sealed with the key"));
    }

    @Test
    void of_two_files_with_one_name_the_second_is_told_and_not_taken() throws IOException {
        Path first = Files.writeString(folder.resolve("first.yaml"), SHOP);
        Path second = Files.writeString(folder.resolve("second.yaml"), SHOP.replace("/srv/uploads", "/srv/other"));
        Stacks stacks = stacks(catalog(Catalogs.SQLITE), first, second);

        assertThat(stacks.show("shop").config().toString()).contains("/srv/uploads");
        assertThat(stacks.troubles())
                .singleElement()
                .satisfies(trouble ->
                        assertThat(trouble.message()).contains("second.yaml").contains("first.yaml"));
        Files.writeString(second, SHOP.replace("stack: shop", "stack: wiki"));
        stacks.reload();
        assertThat(stacks.troubles()).isEmpty();
        assertThat(stacks.list()).hasSize(2);
    }
}
