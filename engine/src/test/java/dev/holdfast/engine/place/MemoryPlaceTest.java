package dev.holdfast.engine.place;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.source.ExportFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryPlaceTest {
    private static final Instant NOW = Instant.parse("2026-11-20T05:00:00Z");
    private static final FileName NAME = new FileName("a/b.dump");

    private final MemoryPlace place = new MemoryPlace(InstantSource.fixed(NOW));

    private void write(FileName name, String text, boolean replace) {
        try (ExportFile file = place.create(name, FileFacts.of("text/plain"), replace)) {
            file.preflight();
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            file.write(bytes, 0, bytes.length);
            file.commit();
        }
    }

    private String read(FileName name) throws IOException {
        return new String(place.open(name).readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void a_file_is_seen_when_it_is_committed() throws IOException {
        try (ExportFile file = place.create(NAME, FileFacts.of("text/plain"), false)) {
            file.preflight();
            file.write(new byte[] {1}, 0, 1);
        }
        assertThat(place.find(NAME)).isEmpty();
        assertThatThrownBy(() -> place.open(NAME)).isInstanceOf(Missing.class);

        write(NAME, "one", false);

        assertThat(place.find(NAME)).contains(new PlacedFile(NAME, 3, NOW));
        assertThat(read(NAME)).isEqualTo("one");
    }

    @Test
    void nothing_is_replaced_that_may_not_be() throws IOException {
        write(NAME, "one", false);

        assertThatThrownBy(() -> write(NAME, "two", false)).isInstanceOf(AlreadyExists.class);
        assertThat(read(NAME)).isEqualTo("one");
        write(NAME, "two", true);
        assertThat(read(NAME)).isEqualTo("two");
    }

    @Test
    void a_prefix_is_taken_as_text_and_links_are_not_listed() throws IOException {
        write(new FileName("app/1"), "x", false);
        write(new FileName("app_test/1"), "y", false);
        place.point(new FileName("latest"), new FileName("app/1"));
        List<String> listed = new ArrayList<>();

        place.list("app", file -> listed.add(file.name().text()));

        assertThat(listed).containsExactly("app/1", "app_test/1");
        assertThat(read(new FileName("latest"))).isEqualTo("x");
        assertThatThrownBy(() -> place.point(new FileName("app/1"), new FileName("app_test/1")))
                .isInstanceOf(AlreadyExists.class);
        place.delete(new FileName("app/1"));
        assertThat(place.names("")).containsExactly("app_test/1");
    }
}
