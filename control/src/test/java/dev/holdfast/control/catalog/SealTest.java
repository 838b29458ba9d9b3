package dev.holdfast.control.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.control.config.Secret;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealTest {
    private final SecureRandom random = new SecureRandom();

    @TempDir
    private Path folder;

    private Seal seal(String name) {
        return Seal.with(folder.resolve(name), random);
    }

    @Test
    void what_was_sealed_is_opened_with_the_same_key_only() {
        String sealed = seal("key").seal(new Secret("geheim"), "stack 'shop'");

        assertThat(sealed).doesNotContain("geheim");
        assertThat(seal("key").open(sealed, "stack 'shop'").text()).isEqualTo("geheim");
        assertThatThrownBy(() -> seal("other").open(sealed, "stack 'shop'"))
                .isInstanceOfSatisfying(
                        HoldfastException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SECRET_MISSING));
    }

    @Test
    void a_sealed_text_cannot_be_put_in_place_of_another() {
        String sealed = seal("key").seal(new Secret("geheim"), "stack 'shop'");

        assertThatThrownBy(() -> seal("key").open(sealed, "stack 'blog'")).isInstanceOf(HoldfastException.class);
        assertThatThrownBy(() -> seal("key").open("v1.AAAA.AAAA", "stack 'shop'"))
                .isInstanceOf(HoldfastException.class);
        assertThatThrownBy(() -> seal("key").open("something else", "stack 'shop'"))
                .isInstanceOf(HoldfastException.class);
    }

    @Test
    void the_key_is_for_its_owner_only_and_several_that_make_it_at_once_get_the_same() throws Exception {
        List<CompletableFuture<Seal>> seals = IntStream.range(0, 8)
                .mapToObj(_ -> CompletableFuture.supplyAsync(() -> seal("key")))
                .toList();
        String sealed = seals.getFirst().join().seal(new Secret("geheim"), "it");

        assertThat(seals)
                .allSatisfy(seal ->
                        assertThat(seal.join().open(sealed, "it").text()).isEqualTo("geheim"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("key"))))
                .isEqualTo("rw-------");
        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void a_file_that_is_no_key_is_left_alone_and_said() throws Exception {
        Files.writeString(folder.resolve("key"), "not a key");

        assertThatThrownBy(() -> seal("key")).hasMessageContaining("cannot be used");
        assertThat(folder.resolve("key")).hasContent("not a key");
    }
}
