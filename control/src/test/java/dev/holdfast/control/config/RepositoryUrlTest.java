package dev.holdfast.control.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.engine.repository.RepositoryKey;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RepositoryUrlTest {
    private static final Environment S3 = new Environment(Map.of(
            "S3_ENDPOINT", "http://127.0.0.1:9000",
            "AWS_ACCESS_KEY_ID", "id",
            "AWS_SECRET_ACCESS_KEY", "key",
            "HOLDFAST_RECOVERY_CODE", "abcd"));

    @Test
    void a_path_is_a_local_repository() {
        RepositoryConfig config =
                RepositoryUrl.parse("/var/backups/shop", new Environment(Map.of("HOLDFAST_PASSPHRASE", "words")));

        assertThat(config.destinations()).isEqualTo(List.of(new LocalConfig("local", Path.of("/var/backups/shop"))));
        assertThat(config.key()).contains(new RepositoryKey.Passphrase("words"));
    }

    @Test
    void an_s3_address_takes_server_and_keys_from_the_environment() {
        RepositoryConfig config = RepositoryUrl.parse("s3://shop-backup/main/", S3);

        assertThat(config.destinations())
                .isEqualTo(List.of(new S3Config(
                        "s3",
                        new S3Place(
                                Optional.of(URI.create("http://127.0.0.1:9000")),
                                "us-east-1",
                                "shop-backup",
                                "main/",
                                Optional.of(new S3Keys(new Secret("id"), new Secret("key"), Optional.empty())),
                                true,
                                32))));
        assertThat(config.key()).contains(new RepositoryKey.RecoveryCode("abcd"));
    }

    @Test
    void what_is_missing_in_the_environment_is_named() {
        assertThatThrownBy(() ->
                        RepositoryUrl.parse("s3://shop-backup", new Environment(Map.of("S3_ENDPOINT", "http://s3"))))
                .hasMessage("environment variable 'AWS_ACCESS_KEY_ID' is not set; --repository needs it");
    }

    @Test
    void another_scheme_is_refused() {
        assertThatThrownBy(() -> RepositoryUrl.parse("sftp://host/path", S3))
                .hasMessage("'sftp://host/path' is neither a path nor an s3:// address");
        assertThatThrownBy(() -> RepositoryUrl.parse("s3://", S3)).hasMessage("'s3://' names no bucket");
    }
}
