package dev.holdfast.connectors.sftp;

import dev.holdfast.connectors.ssh.SshStand;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that is not that of OpenSSH. */
@Timeout(300)
final class LibrarySftpStoreTest extends SftpStoreContract {
    @TempDir
    private static Path keys;

    private static SshStand server;

    @BeforeAll
    static void start() throws Exception {
        server = SshStand.library(keys);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    SshStand server() {
        return server;
    }
}
