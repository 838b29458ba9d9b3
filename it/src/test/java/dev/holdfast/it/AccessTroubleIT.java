package dev.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.stand.FreePort;
import dev.holdfast.engine.error.ErrorCode;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** What cannot be reached, opened or read is named, with what to do; and nothing has changed afterwards. */
@ExtendWith(Stands.Provided.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(10)
class AccessTroubleIT {
    private Stack stack;
    private String recoveryCode;
    private List<String> snapshots;
    private List<String> files;

    @BeforeAll
    void one_snapshot(Stands stands) {
        stack = Stack.on(stands, "access");
        stack.uploads().fill(3);
        stack.database().fill(10);
        stack.bucket().fill(3);
        healthy();
        stack.init();
        recoveryCode = stack.environment().get("HOLDFAST_RECOVERY_CODE");
        stack.backup();
        snapshots = stack.snapshots();
        files = stack.repositoryFiles();
    }

    @AfterAll
    void the_next_run_is_fine() throws Exception {
        try (Stack ending = stack) {
            healthy();
            ending.backup();
            assertThat(ending.snapshots()).hasSize(2).startsWith(snapshots.toArray(String[]::new));
            ending.equal();
            ending.sound();
        }
    }

    @BeforeEach
    void healthy() {
        stack.describe(
                List.of(stack.databaseSource(), stack.bucketSource(), stack.folderSource()),
                List.of(stack.diskDestination()));
    }

    @AfterEach
    void nothing_was_lost_or_half_done() {
        stack.environment().put("HOLDFAST_RECOVERY_CODE", recoveryCode);
        assertThat(stack.repositoryFiles()).isEqualTo(files);
        assertThat(stack.spool()).isEmptyDirectory();
    }

    @Test
    void a_wrong_passphrase() {
        stack.environment().remove("HOLDFAST_RECOVERY_CODE");
        stack.environment().put("HOLDFAST_PASSPHRASE", "not the passphrase");
        try {
            stack.json("backup")
                    .failed(ErrorCode.WRONG_KEY)
                    .saying("passphrase")
                    .hinting("passphrase");
            stack.run("snapshots").failed(ErrorCode.WRONG_KEY);
            stack.run("restore", "--to", "uploads=" + stack.folder().resolve("nowhere"), "--part", "uploads")
                    .failed(ErrorCode.WRONG_KEY);
            assertThat(stack.folder().resolve("nowhere")).doesNotExist();
        } finally {
            stack.environment().put("HOLDFAST_PASSPHRASE", Stack.PASSPHRASE);
        }
    }

    @Test
    void a_wrong_recovery_code() {
        stack.environment().put("HOLDFAST_RECOVERY_CODE", "00000-00000-00000-00000-00000-00000-00000-00000");

        stack.json("backup").failed(ErrorCode.WRONG_KEY).saying("recovery code");
    }

    @Test
    void a_database_server_that_is_down() {
        int port = FreePort.next();
        database("postgresql://shop:secret-word@127.0.0.1:%d/shop".formatted(port));

        Outcome backup = stack.json("backup").failed(ErrorCode.DATABASE_UNAVAILABLE);

        backup.saying("127.0.0.1:" + port, "connection refused").hinting("runs");
        assertThat(backup.err() + backup.out()).doesNotContain("secret-word");
    }

    @Test
    void a_wrong_password_of_the_database() {
        database(stack.database()
                .server()
                .url("postgres", "wrong-word", stack.database().name()));

        Outcome backup = stack.json("backup").failed(ErrorCode.DATABASE_ACCESS_DENIED);

        backup.saying("'postgres'", "password authentication failed").hinting("password");
        assertThat(backup.err() + backup.out()).doesNotContain("wrong-word");
    }

    @Test
    void a_database_that_does_not_exist() {
        database(stack.database().server().url("no_such_database"));

        stack.json("backup")
                .failed(ErrorCode.DATABASE_MISSING)
                .saying("'no_such_database'")
                .hinting("name");
    }

    @Test
    void a_table_that_may_not_be_read() {
        stack.database().run("CREATE ROLE clerk LOGIN PASSWORD 'clerk'", "GRANT SELECT ON customers TO clerk");
        try {
            database(stack.database()
                    .server()
                    .url("clerk", "clerk", stack.database().name()));
            stack.json("backup")
                    .failed(ErrorCode.TABLE_UNREADABLE)
                    .saying("'clerk'", "orders")
                    .hinting("GRANT");
        } finally {
            stack.database().run("DROP OWNED BY clerk", "DROP ROLE clerk");
        }
    }

    @Test
    void a_file_that_may_not_be_read() throws Exception {
        stack.uploads().write("private.key", 1, 100);
        Path file = stack.uploads().root().resolve("private.key");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        if (Shell.isRoot()) {
            // root without the power to pass over permissions
            stack.prefix()
                    .addAll(List.of(
                            "setpriv",
                            "--bounding-set=-dac_override,-dac_read_search",
                            "--inh-caps=-dac_override,-dac_read_search"));
        }
        try {
            stack.json("backup")
                    .failed(ErrorCode.FILE_UNREADABLE)
                    .saying("private.key", "ermission denied")
                    .hinting("exclude");
        } finally {
            stack.prefix().clear();
            Files.delete(file);
        }
    }

    @Test
    void a_folder_that_is_not_there() {
        stack.describe(List.of("uploads: {directory: {path: /no/such/folder}}"), List.of(stack.diskDestination()));

        stack.json("backup")
                .failed(ErrorCode.DIRECTORY_MISSING)
                .saying("'/no/such/folder'")
                .hinting("path");
    }

    @Test
    void a_bucket_that_does_not_exist() {
        bucket("media: {bucket: {" + stack.s3().keys("no-such-bucket") + "}}");

        stack.json("backup")
                .failed(ErrorCode.BUCKET_MISSING)
                .saying("'no-such-bucket'")
                .hinting("bucket");
    }

    @Test
    void a_wrong_secret_key_of_a_bucket() {
        bucket(stack.bucketSource(stack.s3().withSecret("wrong-word")));

        Outcome backup = stack.json("backup").failed(ErrorCode.BUCKET_ACCESS_DENIED);

        backup.saying(stack.bucket().name()).hinting("secret key");
        assertThat(backup.err() + backup.out()).doesNotContain("wrong-word");
    }

    @Test
    void a_wrong_secret_key_of_a_destination() {
        stack.describe(
                List.of(stack.folderSource()),
                List.of(stack.s3Destination(stack.s3().withSecret("wrong-word"))));

        Outcome backup = stack.json("backup").failed(ErrorCode.STORE_ACCESS_DENIED);
        stack.environment().remove("HOLDFAST_RECOVERY_CODE");
        stack.json("init").failed(ErrorCode.STORE_ACCESS_DENIED).hinting("secret key");

        backup.saying(stack.remote().name()).hinting("secret key");
        assertThat(backup.err() + backup.out()).doesNotContain("wrong-word");
        assertThat(stack.remote().exists()).isFalse();
    }

    @Test
    void an_s3_server_that_is_down() {
        URI nobody = URI.create("http://127.0.0.1:" + FreePort.next());
        bucket(stack.bucketSource(stack.s3().at(nobody)));

        stack.json("backup")
                .failed(ErrorCode.BUCKET_UNAVAILABLE)
                .saying(stack.bucket().name())
                .hinting("endpoint");
    }

    @Test
    void a_destination_that_is_not_mounted() {
        stack.describe(
                List.of(stack.folderSource()),
                List.of(Stack.local("disk", stack.folder().resolve("not-mounted"))));

        stack.json("backup")
                .failed(ErrorCode.STORE_UNAVAILABLE)
                .saying("not-mounted", "is not there")
                .hinting("holdfast init");
        assertThat(stack.folder().resolve("not-mounted")).doesNotExist();
    }

    @Test
    void a_bucket_that_holds_no_repository_yet() {
        stack.describe(List.of(stack.folderSource()), List.of(stack.s3Destination()));
        stack.remote().create();
        try {
            stack.json("backup").failed(ErrorCode.REPOSITORY_MISSING).hinting("holdfast init");
            assertThat(stack.remote().keys()).isEmpty();
        } finally {
            stack.remote().destroy();
        }
    }

    private void database(String url) {
        stack.describe(List.of(Stack.databaseSource(url), stack.folderSource()), List.of(stack.diskDestination()));
    }

    private void bucket(String source) {
        stack.describe(List.of(source, stack.folderSource()), List.of(stack.diskDestination()));
    }
}
