package dev.holdfast.connectors.place;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.place.FilePlace;
import dev.holdfast.engine.place.PlacedFile;
import dev.holdfast.engine.source.ExportFile;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every place of exported files must keep: each sentence of {@link FilePlace}. */
public abstract class FilePlaceContract extends FilePlaceWriting {
    // -- names

    @Test
    void names_are_kept_as_they_are() throws IOException {
        String letters = "abcdefghijklmnopqrstuvwxyz";
        String longest = letters.repeat(20).substring(0, longestSegment());
        List<String> names = List.of(
                "a file with spaces",
                " leading and trailing ",
                "Zürich/größe.sql.gz",
                "e\u0301 and \u00e9/e\u0301",
                "e\u0301 and \u00e9/\u00e9",
                "日本/東京 🗼.dump",
                "-rf/--output",
                "...",
                ".hidden/..two",
                "quote'\"`$(x)&;|<>*?[a]{b}#~!%20%2F+=@,:",
                longest,
                "f/" + longest + "/" + longest.substring(1),
                "UPPER/Case",
                "UPPER/case",
                "a-b/c.d_e/1/2/3/4/5/6/7/8/9");
        for (String name : names) {
            put(name, "content of " + name);
        }
        for (String name : names) {
            assertThat(read(name)).isEqualTo("content of " + name);
            assertThat(other.find(name(name)).map(PlacedFile::name)).contains(name(name));
        }
        assertThat(listed("")).containsExactlyInAnyOrderElementsOf(names);
        for (String name : names) {
            other.delete(name(name));
        }
        assertThat(listed("")).isEmpty();
    }

    @Test
    void folders_of_a_name_are_made_and_stay() throws IOException {
        put("one/two/three/a", "1");
        put("one/two/b", "2");
        other.delete(name("one/two/three/a"));
        put("one/two/three/a", "3");

        assertThat(read("one/two/three/a")).isEqualTo("3");
        assertThat(read("one/two/b")).isEqualTo("2");
    }

    @Test
    void tidying_takes_no_file() throws IOException {
        put("one/two/a", "1");
        put("one/b", "2");
        put("one/three/four/c", "3");
        other.delete(name("one/three/four/c"));

        other.tidy(name("one"));
        other.tidy(name("one/b"));
        other.tidy(name("nothing/here"));

        assertThat(read("one/two/a")).isEqualTo("1");
        assertThat(read("one/b")).isEqualTo("2");
        put("one/three/four/c", "4");
        assertThat(read("one/three/four/c")).isEqualTo("4");
    }

    // -- finding

    @Test
    void a_file_is_found_with_its_length_and_time() {
        Instant before = Instant.now();
        put("daily/a", "12345");
        PlacedFile found = other.find(name("daily/a")).orElseThrow();

        assertThat(found.name()).isEqualTo(name("daily/a"));
        assertThat(found.bytes()).isEqualTo(5);
        assertThat(found.modified())
                .isBetween(before.minus(Duration.ofMinutes(5)), Instant.now().plus(Duration.ofMinutes(5)));
    }

    @Test
    void a_listing_and_a_look_say_the_same() {
        put("daily/a", "12345");
        put("b", "1");
        List<PlacedFile> all = new ArrayList<>();
        other.list("", file -> {
            if (!isForeign(file.name())) {
                all.add(file);
            }
        });

        assertThat(all).hasSize(2);
        for (PlacedFile listed : all) {
            PlacedFile found = other.find(listed.name()).orElseThrow();
            assertThat(found.bytes()).isEqualTo(listed.bytes());
            assertThat(Duration.between(found.modified(), listed.modified()).abs())
                    .isLessThan(Duration.ofSeconds(2));
        }
    }

    @Test
    void what_is_not_there_is_not_found_and_a_folder_is_no_file() {
        put("daily/a", "1");

        for (String absent : List.of("b", "daily", "daily/b", "daily/a2", "dail", "no/such/folder", "daily/a/b")) {
            assertThat(other.find(name(absent))).as(absent).isEmpty();
            assertThatThrownBy(() -> content(other, absent))
                    .as(absent)
                    .isInstanceOfSatisfying(
                            Missing.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_OBJECT_MISSING))
                    .hasMessageContaining(absent);
        }
    }

    @Test
    void files_are_listed_by_what_their_names_begin_with_as_text() {
        for (String name : List.of("app", "app.sql", "app_test.sql", "app/1", "app/2/3", "b/app", "daily/app", "ap")) {
            put(name.equals("app") ? "app-" : name, "1");
        }
        assertThat(listed("app")).containsExactlyInAnyOrder("app-", "app.sql", "app_test.sql", "app/1", "app/2/3");
        assertThat(listed("app/")).containsExactlyInAnyOrder("app/1", "app/2/3");
        assertThat(listed("app/2")).containsExactly("app/2/3");
        assertThat(listed("app/2/3")).containsExactly("app/2/3");
        assertThat(listed("daily/a")).containsExactly("daily/app");
        assertThat(listed("x")).isEmpty();
        assertThat(listed("no/such/folder/")).isEmpty();
        assertThat(listed("")).hasSize(8);
    }

    @Test
    void an_empty_place_lists_nothing() {
        assertThat(listed("")).isEmpty();
    }

    // -- reading

    @Test
    void a_file_is_read_from_its_first_byte_as_often_as_one_likes() throws IOException {
        byte[] content = random(500_000, 9);
        write(place, "a", content, false);
        try (InputStream first = other.open(name("a"));
                InputStream second = other.open(name("a"))) {
            assertThat(first.readNBytes(1000)).isEqualTo(java.util.Arrays.copyOf(content, 1000));
            assertThat(second.readAllBytes()).isEqualTo(content);
            assertThat(second.read()).isEqualTo(-1);
            assertThat(second.read(new byte[10])).isEqualTo(-1);
            assertThat(first.readAllBytes()).hasSize(499_000);
        }
    }

    @Test
    void a_stream_can_be_closed_before_its_end() throws IOException {
        write(place, "a", random(3 << 20, 9), false);
        for (int i = 0; i < 40; i++) {
            try (InputStream content = other.open(name("a"))) {
                assertThat(content.read()).isNotNegative();
            }
        }
    }

    @Test
    void a_stream_that_ends_before_the_file_does_throws() throws Exception {
        write(place, "long", random(4 << 20, 5), false);
        long[] came = {0};
        assertThatThrownBy(() -> {
                    try (InputStream cut = openCut(other, name("long"))) {
                        for (int read = cut.read(new byte[8192]); read >= 0; read = cut.read(new byte[8192])) {
                            came[0] += read;
                        }
                    }
                })
                .isInstanceOfAny(IOException.class, HoldfastException.class);
        assertThat(came[0]).isBetween(0L, (4L << 20) - 1);
    }

    // -- deleting

    @Test
    void what_is_deleted_is_gone_and_nothing_else_is() throws IOException {
        put("app", "1");
        put("app_test", "2");
        put("daily/app", "3");
        place.delete(name("app"));

        assertThat(other.find(name("app"))).isEmpty();
        assertThat(listed("")).containsExactlyInAnyOrder("app_test", "daily/app");
        assertThat(read("app_test")).isEqualTo("2");
        put("app", "again");
        assertThat(read("app")).isEqualTo("again");
    }

    @Test
    void deleting_what_is_not_there_is_harmless() throws IOException {
        put("daily/a", "1");
        List<String> names = new ArrayList<>(List.of("b", "daily/b", "no/such/folder"));
        names.addAll(belowFile());
        for (String absent : names) {
            assertThatCode(() -> place.delete(name(absent))).as(absent).doesNotThrowAnyException();
        }
        assertThat(read("daily/a")).isEqualTo("1");
    }

    // -- pointing

    @Test
    void a_name_leads_to_a_file_and_then_to_another() throws IOException {
        put("daily/1.dump", "first");
        put("daily/2.dump", "second");
        place.point(name("latest.dump"), name("daily/1.dump"));
        assertThat(read("latest.dump")).isEqualTo("first");
        place.point(name("latest.dump"), name("daily/1.dump"));
        assertThat(read("latest.dump")).isEqualTo("first");
        other.point(name("latest.dump"), name("daily/2.dump"));
        assertThat(read("latest.dump")).isEqualTo("second");

        place.point(name("other folder/ältest"), name("daily/1.dump"));
        place.point(name("daily/latest"), name("daily/2.dump"));
        assertThat(read("other folder/ältest")).isEqualTo("first");
        assertThat(read("daily/latest")).isEqualTo("second");
        assertThat(read("daily/1.dump")).isEqualTo("first");
        assertThat(other.sweepUnfinished(Instant.MAX)).isZero();
    }

    @Test
    void a_file_that_leads_nowhere_is_not_replaced_by_one_that_does() throws IOException {
        put("latest", "precious");
        put("a", "1");

        assertThatThrownBy(() -> place.point(name("latest"), name("a")))
                .isInstanceOf(AlreadyExists.class)
                .hasMessageContaining("latest");
        assertThat(read("latest")).isEqualTo("precious");
        assertThat(other.sweepUnfinished(Instant.MAX)).isZero();
    }

    @Test
    void a_name_leads_only_to_a_file_that_is_there() {
        assertThatThrownBy(() -> place.point(name("latest"), name("a")))
                .isInstanceOfSatisfying(
                        Missing.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_OBJECT_MISSING));
        assertThat(other.find(name("latest"))).isEmpty();
    }

    @Test
    void a_name_that_leads_to_a_file_can_be_deleted_without_it() throws IOException {
        put("a", "1");
        place.point(name("latest"), name("a"));
        other.delete(name("latest"));

        assertThatThrownBy(() -> read("latest")).isInstanceOf(Missing.class);
        assertThat(read("a")).isEqualTo("1");
    }

    @Test
    void whoever_reads_while_a_name_changes_what_it_leads_to_sees_one_or_the_other() throws Exception {
        put("1", "first");
        put("2", "second");
        place.point(name("latest"), name("1"));
        Callable<TreeSet<String>> reader = () -> {
            TreeSet<String> seen = new TreeSet<>();
            for (int i = 0; i < 40; i++) {
                seen.add(read("latest"));
            }
            return seen;
        };
        try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
            Future<TreeSet<String>> seen = threads.submit(reader);
            for (int i = 0; i < 40; i++) {
                place.point(name("latest"), name(i % 2 == 0 ? "2" : "1"));
            }
            assertThat(seen.get()).isSubsetOf("first", "second");
        }
    }

    // -- links

    @Test
    void a_link_leads_into_the_place_or_there_is_none() {
        put("a b", "1");
        place.link(name("a b"), Duration.ofMinutes(5))
                .ifPresent(link -> assertThat(link.isAbsolute()).isTrue());
    }

    // -- what processes leave that die

    /** Begins files as a process would that is going to die. */
    private List<ExportFile> abandoned() {
        List<ExportFile> files = new ArrayList<>();
        for (String name : List.of("abandoned", "daily/abandoned")) {
            ExportFile file = place.create(name(name), FACTS, false);
            file.preflight();
            byte[] content = random(1 << 20, 3);
            for (int i = 0; i < 12; i++) {
                file.write(content, 0, content.length);
            }
            files.add(file);
        }
        return files;
    }

    @Test
    void what_is_unfinished_is_neither_listed_nor_found() {
        List<ExportFile> left = abandoned();

        assertThat(listed("")).isEmpty();
        assertThat(listed("daily/")).isEmpty();
        assertThat(other.find(name("abandoned"))).isEmpty();
        left.forEach(ExportFile::close);
    }

    @Test
    void what_is_unfinished_and_old_is_swept_and_nothing_else() throws IOException {
        put("daily/a", "1");
        put(".holdfast/shop/1.json", "{}");
        place.point(name("latest"), name("daily/a"));
        List<ExportFile> left = abandoned();

        assertThat(other.sweepUnfinished(Instant.EPOCH)).isZero();
        assertThat(other.sweepUnfinished(Instant.now().minus(Duration.ofHours(1))))
                .isZero();
        assertThat(other.sweepUnfinished(Instant.MAX)).isPositive();
        assertThat(other.sweepUnfinished(Instant.MAX)).isZero();

        assertThat(read("daily/a")).isEqualTo("1");
        assertThat(read("latest")).isEqualTo("1");
        assertThat(read(".holdfast/shop/1.json")).isEqualTo("{}");
        assertThat(other.find(name("abandoned"))).isEmpty();
        left.forEach(ExportFile::close);
        assertThat(other.find(name("abandoned"))).isEmpty();
    }

    @Test
    void a_file_that_was_swept_while_it_was_written_is_not_committed() {
        List<ExportFile> left = abandoned();
        assertThat(other.sweepUnfinished(Instant.MAX)).isPositive();

        for (ExportFile file : left) {
            assertThatThrownBy(file::commit).isInstanceOf(HoldfastException.class);
            file.close();
        }
        assertThat(listed("")).isEmpty();
    }
}
