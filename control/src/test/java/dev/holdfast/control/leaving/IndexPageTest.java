package dev.holdfast.control.leaving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.control.leaving.LeftFile.Content;
import dev.holdfast.control.leaving.LeftFile.State;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.repository.SnapshotId;
import dev.holdfast.engine.source.Finding;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class IndexPageTest {
    private static final Instant TIME = Instant.parse("2026-11-20T02:00:00Z");

    private static LeftSnapshot left(State state) {
        Part part = new Part(
                "da<ta>",
                "postgres",
                "postgresql://db/shop",
                Optional.empty(),
                3,
                30,
                Map.of("server", "15.4"),
                new Part.Statistics(0, 0, 0, 0, 0, 0, 0));
        Snapshot snapshot = new Snapshot(
                new SnapshotId("01jd00000000000000000000aa"),
                "shop",
                TIME,
                TIME.plusSeconds(42),
                "host",
                "0.1.0",
                List.of(part),
                Map.of("why", "<script>alert(1)</script>"),
                List.of(new Finding("a \"file\"", "changed")),
                0);
        LeftFile file = new LeftFile(new FileName("shop/x/da%3Cta%3E.dump"), "da<ta>", Content.DATA, "custom", state);
        return new LeftSnapshot(snapshot, true, List.of(file));
    }

    @Test
    void nothing_that_people_wrote_becomes_markup_and_links_lead_to_the_files() {
        String rows = IndexPage.snapshot(
                left(new State.Whole(3, "ab", Optional.of(TIME), List.of(new Finding("<b>", "lost")))),
                new FileName("shop/x/snapshot.json"));

        assertThat(rows)
                .doesNotContain("<script>", "<b>", "da<ta>")
                .contains("&lt;script&gt;", "&lt;b&gt;: lost", "pinned", "href=\"shop/x/da%253Cta%253E.dump\"");
    }

    @Test
    void what_is_missing_is_told_with_its_reason() {
        assertThat(IndexPage.snapshot(
                        left(new State.Missing("the pack is <gone>", "look.")), new FileName("shop/x/snapshot.json")))
                .contains("missing</span> da%3Cta%3E.dump: the pack is &lt;gone&gt;; look.");
    }

    @Test
    void a_record_reads_back_as_it_was_written() {
        LeftSnapshot whole = left(new State.Whole(3, "ab", Optional.of(TIME), List.of(new Finding("a", "b"))));
        LeftSnapshot missing = left(new State.Missing("why", "what"));

        assertThat(LeftSnapshotJson.read(LeftSnapshotJson.write(whole))).contains(whole);
        assertThat(LeftSnapshotJson.read(LeftSnapshotJson.write(missing))).contains(missing);
    }

    @Test
    void what_is_no_record_is_not_taken_for_one() {
        for (String text :
                List.of("", "[]", "{}", "{\"version\": 2}", "{\"version\": 1}", "{\"version\": 1, \"snapshot\": 3")) {
            assertThat(LeftSnapshotJson.read(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                    .as(text)
                    .isEmpty();
        }
    }
}
