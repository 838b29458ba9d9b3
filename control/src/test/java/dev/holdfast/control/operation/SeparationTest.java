package dev.holdfast.control.operation;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.control.config.BucketConfig;
import dev.holdfast.control.config.DestinationConfig;
import dev.holdfast.control.config.DirectoryConfig;
import dev.holdfast.control.config.LocalConfig;
import dev.holdfast.control.config.RepositoryConfig;
import dev.holdfast.control.config.S3Config;
import dev.holdfast.control.config.S3Place;
import dev.holdfast.engine.error.Invalid;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeparationTest {
    @TempDir
    Path folder;

    private static RepositoryConfig repository(DestinationConfig destination) {
        return RepositoryConfig.of(Optional.empty(), List.of(destination));
    }

    private static S3Place place(String bucket, String prefix) {
        return new S3Place(
                Optional.of(URI.create("http://s3.example.org")),
                "us-east-1",
                bucket,
                prefix,
                Optional.empty(),
                true,
                8);
    }

    private DirectoryConfig directory(Path path) {
        return new DirectoryConfig("uploads", path, List.of());
    }

    @Test
    void a_directory_that_holds_the_repository_is_never_replaced() throws IOException {
        RepositoryConfig inside = repository(new LocalConfig("disk", folder.resolve("files/backup")));
        assertThatThrownBy(() -> Separation.requireTarget(directory(folder.resolve("files")), inside))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("'disk'")
                .hasMessageContaining("a restore would replace the repository");
        assertThatThrownBy(() -> Separation.requireTarget(directory(folder.resolve("files/backup/x")), inside))
                .isInstanceOf(Invalid.class);
        assertThatCode(() -> Separation.requireTarget(directory(folder.resolve("files2")), inside))
                .doesNotThrowAnyException();
        Files.createDirectories(folder.resolve("files"));
        Files.createSymbolicLink(folder.resolve("link"), folder.resolve("files"));
        assertThatThrownBy(() -> Separation.requireTarget(directory(folder.resolve("link")), inside))
                .isInstanceOf(Invalid.class);
    }

    @Test
    void a_bucket_that_holds_the_repository_is_neither_captured_nor_replaced() {
        RepositoryConfig inside = repository(new S3Config("offsite", place("shop", "backup")));
        BucketConfig whole = new BucketConfig("media", place("shop", ""));
        assertThatThrownBy(() -> Separation.requireSource(whole, inside)).isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> Separation.requireTarget(whole, inside)).isInstanceOf(Invalid.class);
        BucketConfig beside = new BucketConfig("media", place("shop", "backup2"));
        assertThatCode(() -> Separation.requireSource(beside, inside)).doesNotThrowAnyException();
        assertThatCode(() -> Separation.requireTarget(beside, inside)).doesNotThrowAnyException();
    }
}
