package dev.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.error.ErrorCode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** One byte of each kind of repository file is changed: the file is named, and the snapshots and entries it hurts. */
@ExtendWith(Stands.Provided.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DamageTroubleIT {
    private Stack stack;
    private List<String> snapshots;
    private List<String> ofTheFirst;

    @BeforeAll
    void two_snapshots(Stands stands) {
        stack = Stack.on(stands, "damage");
        stack.uploads().fill(5);
        stack.bucket().fill(5);
        stack.describe(List.of(stack.folderSource(), stack.bucketSource()), List.of(stack.diskDestination()));
        stack.init().backup();
        ofTheFirst = stack.repositoryFiles();
        stack.uploads().write("only-in-the-second.bin", 99, 50_000);
        stack.backup();
        snapshots = stack.snapshots();
    }

    @AfterAll
    void remove() throws Exception {
        stack.close();
    }

    @Test
    void every_kind_of_file_is_known_to_this_test() {
        assertThat(kinds().keySet()).containsExactlyInAnyOrder("config", "keys", "log", "idx", "data", "meta");
    }

    @Test
    void the_configuration() {
        namedWhenOpened("config");
    }

    @Test
    void a_key_slot() {
        Path copy = damaged(stack.disk().resolve("keys/recovery"));

        Outcome opened = check(copy);

        // the passphrase slot is whole: it is looked at by whoever has the passphrase
        opened.failed(ErrorCode.DAMAGED).saying("keys/recovery");
        String code = stack.environment().remove("HOLDFAST_RECOVERY_CODE");
        try {
            Outcome checked = check(copy).failed(ErrorCode.CHECK_FAILED);
            assertThat(checked.texts("problems", "file")).containsExactly("keys/recovery");
        } finally {
            stack.environment().put("HOLDFAST_RECOVERY_CODE", code);
        }
    }

    @Test
    void the_record_of_a_snapshot_which_it_names_and_the_other_one_restores() {
        Path file = stack.disk().resolve("log").resolve(snapshots.getLast());
        Path copy = damaged(file);

        Outcome checked = check(copy).failed(ErrorCode.CHECK_FAILED);

        JsonNode problem = problem(checked, file);
        assertThat(problem.path("snapshots").toString())
                .contains(snapshots.getLast())
                .doesNotContain(snapshots.getFirst());
        restores(copy, snapshots.getFirst());
    }

    @Test
    void an_index_run_without_which_everything_is_still_found() {
        Path file = kinds().get("idx").getFirst();
        Path copy = damaged(file);

        problem(check(copy).failed(ErrorCode.CHECK_FAILED), file);

        restores(copy, snapshots.getFirst());
        restores(copy, snapshots.getLast());
    }

    @Test
    void a_data_pack_with_the_entries_that_have_their_content_in_it() {
        Path file = kinds().get("data").stream()
                .filter(pack -> !ofTheFirst.contains("./" + name(pack)))
                .findFirst()
                .orElseThrow();
        Path copy = damaged(file);

        JsonNode problem = problem(check(copy).failed(ErrorCode.CHECK_FAILED), file);

        assertThat(problem.path("snapshots").toString())
                .contains(snapshots.getLast())
                .doesNotContain(snapshots.getFirst());
        assertThat(problem.path("entries").toString()).contains("uploads", "only-in-the-second.bin");
        assertThat(problem.path("entryCount").asLong()).isEqualTo(1);
        restores(copy, snapshots.getFirst());
        stack.json(
                        "restore",
                        snapshots.getLast(),
                        "--repository",
                        copy.toString(),
                        "--part",
                        "uploads",
                        "--to",
                        "uploads=" + stack.folder().resolve("hurt"))
                .failed(ErrorCode.DAMAGED)
                .saying(name(file), "check --read-data");
    }

    @Test
    void a_pack_of_structure_with_the_snapshots_that_hang_on_it() {
        Path file = kinds().get("meta").stream()
                .filter(pack -> ofTheFirst.contains("./" + name(pack)))
                .findFirst()
                .orElseThrow();
        Path copy = damaged(file);

        JsonNode problem = problem(check(copy).failed(ErrorCode.CHECK_FAILED), file);

        assertThat(problem.path("snapshots").toString()).contains(snapshots.getFirst());
        assertThat(problem.path("entries").isEmpty()).isFalse();
    }

    private void namedWhenOpened(String kind) {
        Path file = kinds().get(kind).getFirst();

        check(damaged(file)).failed(ErrorCode.DAMAGED).saying(name(file));
    }

    private void restores(Path repository, String snapshot) {
        Path target = stack.folder().resolve("restored-" + System.nanoTime());
        Outcome restored = stack.json(
                "restore",
                snapshot,
                "--repository",
                repository.toString(),
                "--part",
                "uploads",
                "--to",
                "uploads=" + target);
        assertThat(restored.exit()).as(restored.toString()).isIn(0, ErrorCode.FINDINGS.number());
        Map<String, String> found = new Folder(target).fingerprint();
        Map<String, String> wanted = new TreeMap<>(stack.uploads().fingerprint());
        if (snapshot.equals(snapshots.getFirst())) {
            wanted.keySet().removeIf(key -> key.startsWith("./only-in-the-second.bin"));
            wanted.remove(".");
            found.remove(".");
        }
        assertThat(Fingerprints.differences(wanted, found)).isEmpty();
    }

    private JsonNode problem(Outcome checked, Path file) {
        for (JsonNode problem : checked.json().path("problems")) {
            if (problem.path("file").asString().equals(name(file))) {
                return problem;
            }
        }
        throw new AssertionError("'" + name(file) + "' is not named: " + checked);
    }

    private Outcome check(Path repository) {
        return stack.json("check", "--read-data", "--repository", repository.toString());
    }

    private String name(Path file) {
        return stack.disk().relativize(file).toString();
    }

    /** A copy of the repository in which one byte in the middle of this file is another. */
    private Path damaged(Path file) {
        Path copy = stack.folder().resolve("damaged-" + System.nanoTime());
        Shell.run("cp", "-a", stack.disk().toString(), copy.toString());
        try (RandomAccessFile bytes =
                new RandomAccessFile(copy.resolve(name(file)).toFile(), "rw")) {
            long middle = bytes.length() / 2;
            bytes.seek(middle);
            int was = bytes.read();
            bytes.seek(middle);
            bytes.write(was ^ 0x01);
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The files of the repository by kind, in the order in which they were written. */
    private Map<String, List<Path>> kinds() {
        Map<String, List<Path>> kinds = new TreeMap<>();
        try (Stream<Path> all = Files.walk(stack.disk())) {
            all.filter(Files::isRegularFile).sorted().forEach(file -> {
                String first = stack.disk().relativize(file).getName(0).toString();
                kinds.computeIfAbsent(first, _ -> new ArrayList<>()).add(file);
            });
            return kinds;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
