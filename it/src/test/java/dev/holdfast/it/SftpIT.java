package dev.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.stand.Scratch;
import dev.holdfast.engine.error.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A repository in a folder and at an SFTP server; then at that server alone. */
@ExtendWith(Stands.Provided.class)
@Order(5)
class SftpIT {
    @Test
    void a_copy_at_an_sftp_server_is_complete_and_enough(Stands stands) throws Exception {
        try (Stack stack = Stack.on(stands, "sftp");
                Sshd server = Sshd.in(stack.folder().resolve("sshd"))) {
            Path remote = stack.folder().resolve("remote/backups");
            stack.database().fill(500);
            stack.uploads().fill(20);
            List<String> sources = List.of(stack.databaseSource(), stack.folderSource());
            stack.describe(sources, List.of(stack.diskDestination(), server.destination("nas", remote)));
            stack.init();
            stack.backup();
            stack.sound();
            assertThat(Size.of(remote)).isEqualTo(Size.of(stack.disk()));
            Map<String, String> files = stack.uploads().fingerprint();

            Scratch.delete(stack.disk());
            stack.describe(sources, List.of(server.destination("nas", remote)));
            stack.uploads().write("more.bin", 5, 300_000);
            stack.backup();
            stack.sound();
            stack.equal();
            Path tmp = remote.resolve("tmp");
            assertThat(tmp).isEmptyDirectory();
            Map<String, String> rows = stack.database().fingerprint();
            stack.database().destroy();
            stack.uploads().destroy();
            Outcome restored = stack.json("restore");
            assertThat(restored.exit()).as(restored.toString()).isIn(0, ErrorCode.FINDINGS.number());
            stack.equal();
            assertThat(stack.database().fingerprint()).isEqualTo(rows);
            assertThat(stack.uploads().fingerprint()).containsAllEntriesOf(withoutRoot(files));

            Files.delete(stack.home().resolve("holdfast.yaml"));
            stack.environment().put("SFTP_KEY", server.key().toString());
            stack.environment().put("SFTP_KNOWN_HOSTS", server.knownHosts().toString());
            assertThat(stack.json("snapshots", "--repository", server.url(remote))
                            .succeeded()
                            .texts("snapshots", "id"))
                    .hasSize(2);
        }
    }

    /** Without the folder itself, which got another file. */
    private static Map<String, String> withoutRoot(Map<String, String> files) {
        files.remove(".");
        return files;
    }
}
