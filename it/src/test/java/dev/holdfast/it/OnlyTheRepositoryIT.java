package dev.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.stand.Scratch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Everything is deleted but one copy of the repository, and one of the two things that open it is known. */
@ExtendWith(Stands.Provided.class)
class OnlyTheRepositoryIT {
    @Test
    void a_repository_in_a_folder_and_the_passphrase_bring_everything_back(Stands stands) throws Exception {
        try (Stack stack = lost(stands, "onlydisk")) {
            stack.remote().destroy();

            comesBack(
                    stack,
                    Map.of("HOLDFAST_PASSPHRASE", Stack.PASSPHRASE),
                    stack.disk().toString());
        }
    }

    @Test
    void a_repository_in_a_bucket_and_the_recovery_code_bring_everything_back(Stands stands) throws Exception {
        try (Stack stack = lost(stands, "onlyremote")) {
            String code = stack.environment().get("HOLDFAST_RECOVERY_CODE");
            Scratch.delete(stack.disk());

            Map<String, String> known = new LinkedHashMap<>();
            // as it was written down: in lower case, with blanks
            known.put(
                    "HOLDFAST_RECOVERY_CODE",
                    code.toLowerCase(java.util.Locale.ROOT).replace('-', ' '));
            known.put("S3_ENDPOINT", stack.s3().endpoint().toString());
            known.put("AWS_ACCESS_KEY_ID", stack.s3().accessKey());
            known.put("AWS_SECRET_ACCESS_KEY", stack.s3().secretKey());
            comesBack(stack, known, "s3://" + stack.remote().name());
        }
    }

    /** A stack with a snapshot in two places, of which sources, stack file and home folder are gone by now. */
    private static Stack lost(Stands stands, String name) {
        Stack stack = Stack.on(stands, name);
        stack.uploads().fill(20);
        stack.database().fill(500);
        stack.bucket().fill(20);
        stack.describe(
                List.of(stack.databaseSource(), stack.bucketSource(), stack.folderSource()),
                List.of(stack.diskDestination(), stack.s3Destination()));
        stack.init().backup();
        return stack;
    }

    private static void comesBack(Stack stack, Map<String, String> known, String repository) throws IOException {
        Map<String, String> rows = stack.database().fingerprint();
        Map<String, String> objects = stack.bucket().fingerprint();
        Map<String, String> files = stack.uploads().fingerprint();
        stack.loseSources();
        Scratch.delete(stack.home());
        Path empty = Files.createDirectory(stack.folder().resolve("another-machine"));
        Map<String, String> environment = new LinkedHashMap<>(known);
        environment.put("PATH", System.getenv("PATH"));
        environment.put("HOME", empty.toString());
        environment.put("HOLDFAST_JAVA", System.getProperty("java.home"));
        Database database = stack.database().beside("-copy");
        Bucket bucket = stack.bucket().beside("-copy");
        Folder folder = new Folder(stack.folder().resolve("uploads-copy"));
        List<String> places = List.of(
                "database=" + database.server().url(database.name()),
                "media=" + bucket.name(),
                "uploads=" + folder.root());
        // the restored bucket needs its server too
        environment.putIfAbsent("S3_ENDPOINT", stack.s3().endpoint().toString());
        environment.putIfAbsent("AWS_ACCESS_KEY_ID", stack.s3().accessKey());
        environment.putIfAbsent("AWS_SECRET_ACCESS_KEY", stack.s3().secretKey());

        Outcome listed = run(stack, empty, environment, "snapshots", "--repository", repository);
        assertThat(listed.texts("snapshots", "stack")).containsExactly("shop");
        run(stack, empty, environment, with("--to", places, "restore", "--repository", repository));

        assertThat(Fingerprints.differences(rows, database.fingerprint())).isEmpty();
        assertThat(Fingerprints.differences(objects, bucket.fingerprint())).isEmpty();
        assertThat(Fingerprints.differences(files, folder.fingerprint())).isEmpty();
        Outcome compared =
                run(stack, empty, environment, with("--with", places, "compare", "latest", "--repository", repository));
        assertThat(compared.json().path("equal").asBoolean()).isTrue();
        assertThat(compared.json().path("parts").size()).isEqualTo(3);
        assertThat(stack.database().exists()).as("the place of old stays empty").isFalse();
        assertThat(empty).as("nothing is written where it runs").isEmptyDirectory();
    }

    private static String[] with(String option, List<String> places, String... command) {
        List<String> all = new ArrayList<>(List.of(command));
        places.forEach(place -> all.addAll(List.of(option, place)));
        return all.toArray(String[]::new);
    }

    private static Outcome run(Stack stack, Path in, Map<String, String> environment, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--json");
        try (Running running = stack.start(in, environment, all.toArray(String[]::new))) {
            return running.outcome().succeeded();
        }
    }
}
