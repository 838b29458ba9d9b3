package dev.holdfast.connectors.place;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.place.FileFacts;
import dev.holdfast.engine.place.FilePlace;
import dev.holdfast.engine.place.PlacedFile;
import dev.holdfast.engine.source.ExportFile;
import java.io.IOException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every place keeps about how files get there. */
abstract class FilePlaceWriting extends PlaceStand {
    // -- the place

    @Test
    void a_place_that_is_there_can_be_prepared_again() throws IOException {
        put("a", "1");
        place.prepare();
        other.prepare();

        assertThat(read("a")).isEqualTo("1");
    }

    @Test
    void it_says_where_it_is_and_where_its_files_are() {
        assertThat(place.location()).isNotBlank();
        assertThat(place.location(name("daily/a.dump")))
                .startsWith(place.location())
                .endsWith("daily/a.dump");
        try (ExportFile file = place.create(name("daily/a.dump"), FACTS, false)) {
            assertThat(file.location()).isEqualTo(place.location(name("daily/a.dump")));
        }
    }

    @Test
    void free_bytes_are_told_by_those_who_know_them() {
        assertThat(place.freeBytes().orElse(1)).isPositive();
    }

    // -- writing

    @Test
    void a_file_is_seen_when_it_is_committed_and_not_before() throws IOException {
        byte[] content = random(300_000, 1);
        try (ExportFile file = place.create(name("daily/a.dump"), FACTS, false)) {
            file.preflight();
            file.write(content, 0, 200_000);
            assertThat(other.find(name("daily/a.dump"))).isEmpty();
            assertThat(listed("")).isEmpty();
            file.write(content, 200_000, 100_000);
            assertThat(other.find(name("daily/a.dump"))).isEmpty();
            file.commit();
            assertThat(content(other, "daily/a.dump")).isEqualTo(content);
        }
        assertThat(content(other, "daily/a.dump")).isEqualTo(content);
        assertThat(listed("")).containsExactly("daily/a.dump");
    }

    @Test
    void closed_without_a_commit_nothing_is_left() {
        for (int length : new int[] {0, 10, 12 << 20}) {
            try (ExportFile file = place.create(name("new/a"), FACTS, false)) {
                file.preflight();
                file.write(new byte[length], 0, length);
            }
            assertThat(other.find(name("new/a"))).isEmpty();
            assertThat(listed("")).isEmpty();
            assertThat(other.sweepUnfinished(Instant.MAX)).isZero();
        }
    }

    @Test
    void closing_is_harmless_before_the_preflight_after_the_commit_and_twice() throws IOException {
        place.create(name("a"), FACTS, false).close();
        ExportFile file = place.create(name("a"), FACTS, false);
        file.preflight();
        file.write(bytes("whole"), 0, 5);
        file.commit();
        file.close();
        file.close();

        assertThat(read("a")).isEqualTo("whole");
    }

    @Test
    void the_bytes_are_copied_and_only_those_that_were_meant() throws IOException {
        byte[] buffer = bytes("--abc--");
        try (ExportFile file = place.create(name("a"), FACTS, false)) {
            file.preflight();
            file.write(buffer, 2, 3);
            buffer[3] = 'X';
            file.write(buffer, 0, 0);
            file.write(buffer, 2, 2);
            file.commit();
        }
        assertThat(read("a")).isEqualTo("abcaX");
    }

    @Test
    void an_empty_file_is_a_file() throws IOException {
        put("empty", "");

        assertThat(content(other, "empty")).isEmpty();
        assertThat(other.find(name("empty")).map(PlacedFile::bytes)).contains(0L);
        assertThat(listed("")).containsExactly("empty");
    }

    @Test
    void a_large_file_written_in_pieces_of_any_length_arrives_as_it_was() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        MessageDigest expected = MessageDigest.getInstance("SHA-256");
        long length = 0;
        try (ExportFile file = place.create(name("large"), FACTS, false)) {
            file.preflight();
            while (length < 33L << 20) {
                byte[] piece = new byte[random.nextInt(1 << random.nextInt(1, 22))];
                random.nextBytes(piece);
                file.write(piece, 0, piece.length);
                expected.update(piece);
                length += piece.length;
            }
            file.commit();
        }
        assertThat(other.find(name("large")).orElseThrow().bytes())
                .as("seed %d", seed)
                .isEqualTo(length);
        assertThat(sha256(other.open(name("large"))))
                .as("seed %d", seed)
                .isEqualTo(HexFormat.of().formatHex(expected.digest()));
    }

    @Test
    void what_is_expected_of_the_length_need_not_come_true() throws Exception {
        byte[] content = random(7 << 20, 3);
        for (long expected : new long[] {0, 1, 7 << 20, 1L << 30}) {
            FileFacts facts = new FileFacts("text/plain", Map.of(), OptionalLong.of(expected));
            try (ExportFile file = place.create(name("of-" + expected), facts, false)) {
                file.preflight();
                file.write(content, 0, content.length);
                file.commit();
            }
            assertThat(sha256(other.open(name("of-" + expected)))).isEqualTo(sha256(content));
        }
    }

    @Test
    void a_file_can_be_written_from_any_one_thread_while_others_write_others() throws Exception {
        List<Future<Boolean>> writers = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
            for (int i = 0; i < 12; i++) {
                int number = i;
                writers.add(threads.submit(() -> {
                    write(place, "many/" + number, random(100_000 + number, number), false);
                    return true;
                }));
            }
            for (Future<Boolean> writer : writers) {
                assertThat(writer.get()).isTrue();
            }
        }
        for (int i = 0; i < 12; i++) {
            assertThat(content(other, "many/" + i)).isEqualTo(random(100_000 + i, i));
        }
    }

    // -- one name, several files

    @Test
    void without_replace_a_file_that_is_there_makes_the_preflight_fail_and_stays() throws IOException {
        put("daily/a", "precious");
        try (ExportFile file = place.create(name("daily/a"), FACTS, false)) {
            assertThatThrownBy(file::preflight)
                    .isInstanceOf(AlreadyExists.class)
                    .hasMessageContaining("daily/a");
        }
        assertThat(read("daily/a")).isEqualTo("precious");
        assertThat(other.sweepUnfinished(Instant.MAX)).isZero();
    }

    @Test
    void without_replace_a_file_that_came_meanwhile_makes_the_commit_fail_and_stays() throws IOException {
        for (int length : new int[] {4, 12 << 20}) {
            try (ExportFile file = place.create(name("a" + length), FACTS, false)) {
                file.preflight();
                file.write(new byte[length], 0, length);
                write(other, "a" + length, bytes("precious"), false);
                assertThatThrownBy(file::commit).isInstanceOf(AlreadyExists.class);
            }
            assertThat(read("a" + length)).isEqualTo("precious");
        }
        assertThat(other.sweepUnfinished(Instant.MAX)).isZero();
    }

    @Test
    void with_replace_a_file_is_replaced_by_a_whole_one_only() throws IOException {
        for (int length : new int[] {3, 12 << 20}) {
            String name = "a" + length;
            byte[] content = random(length, 1);
            put(name, "before");
            try (ExportFile file = place.create(name(name), FACTS, true)) {
                file.preflight();
                file.write(content, 0, length);
            }
            assertThat(read(name)).isEqualTo("before");
            try (ExportFile file = place.create(name(name), FACTS, true)) {
                file.preflight();
                file.write(content, 0, length);
                assertThat(read(name)).isEqualTo("before");
                file.commit();
            }
            assertThat(content(other, name)).isEqualTo(content);
            assertThat(other.find(name(name)).orElseThrow().bytes()).isEqualTo(length);
        }
        write(place, "new", bytes("1"), true);
        assertThat(read("new")).isEqualTo("1");
    }

    @Test
    void of_many_who_create_one_file_at_once_one_wins() throws Exception {
        for (int round = 0; round < 5; round++) {
            String name = "race-" + round;
            CountDownLatch start = new CountDownLatch(1);
            List<Future<String>> writers = new ArrayList<>();
            try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
                for (int i = 0; i < 6; i++) {
                    String content = "by " + i;
                    FilePlace through = i % 2 == 0 ? place : other;
                    writers.add(threads.submit(() -> raced(through, name, content, start)));
                }
                start.countDown();
                List<String> winners = new ArrayList<>();
                for (Future<String> writer : writers) {
                    if (!writer.get().isEmpty()) {
                        winners.add(writer.get());
                    }
                }
                assertThat(winners).containsExactly(read(name));
            }
        }
        assertThat(listed("")).hasSize(5);
    }

    private static String raced(FilePlace through, String name, String content, CountDownLatch start)
            throws InterruptedException {
        try (ExportFile file = through.create(name(name), FACTS, false)) {
            start.await();
            file.preflight();
            file.write(bytes(content), 0, content.length());
            file.commit();
            return content;
        } catch (AlreadyExists e) {
            return "";
        }
    }
}
