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
    void an_sftp_address_takes_the_key_from_the_environment() {
        Environment environment = new Environment(
                Map.of("HOME", "/home/shop", "SFTP_KEY", "/keys/backup", "SFTP_KEY_PASSWORD", "hunter2"));
        SshConfig server = new SshConfig(
                "nas",
                2222,
                "backup",
                Optional.of(Path.of("/keys/backup")),
                Optional.of(new Secret("hunter2")),
                Optional.empty(),
                Path.of("/home/shop/.ssh/known_hosts"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());

        assertThat(RepositoryUrl.parse("sftp://backup@nas:2222/srv/shop", environment)
                        .destinations())
                .isEqualTo(List.of(new SftpConfig("sftp", new SftpFolder(server, "/srv/shop"))));
        assertThat(RepositoryUrl.parse("sftp://backup@nas:2222/~/shop", environment)
                        .destinations())
                .isEqualTo(List.of(new SftpConfig("sftp", new SftpFolder(server, "shop"))));
        for (String wrong :
                List.of("sftp://nas/srv", "sftp://backup:hunter2@nas/srv", "sftp://backup@nas", "sftp://backup@nas/")) {
            assertThatThrownBy(() -> RepositoryUrl.parse(wrong, environment))
                    .hasMessage("the sftp:// address is not sftp://user@host:port/path");
        }
        assertThatThrownBy(() -> RepositoryUrl.parse("sftp://backup@nas/srv", new Environment(Map.of("HOME", "/none"))))
                .hasMessageContaining("nothing is known to log in with");
        assertThat(RepositoryUrl.parse(
                                "sftp://backup@nas/srv",
                                new Environment(Map.of("HOME", "/none", "SSH_AUTH_SOCK", "/run/agent")))
                        .destinations()
                        .getFirst())
                .isInstanceOfSatisfying(
                        SftpConfig.class,
                        sftp -> assertThat(sftp.folder().server().agent()).contains(Path.of("/run/agent")));
    }

    @Test
    void another_scheme_is_refused() {
        assertThatThrownBy(() -> RepositoryUrl.parse("ftp://host/path", S3))
                .hasMessage("'ftp://host/path' is neither a path nor an s3:// or sftp:// address");
        assertThatThrownBy(() -> RepositoryUrl.parse("s3://", S3)).hasMessage("'s3://' names no bucket");
    }
}
