package dev.holdfast.control.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.control.export.LedgerEntry.PartSize;
import dev.holdfast.control.export.LedgerEntry.State;
import dev.holdfast.control.export.LedgerEntry.Written;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.place.MemoryPlace;
import dev.holdfast.engine.repository.ProcessIdentity;
import dev.holdfast.engine.repository.SnapshotId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LedgerTest {
    private static final Instant NOW = Instant.parse("2026-11-20T05:00:00Z");

    private final MemoryPlace place = new MemoryPlace(InstantSource.fixed(NOW));
    private final Ledger ledger = new Ledger(place);

    private static LedgerEntry entry(String id, String stack) {
        return new LedgerEntry(
                new ExportId(id),
                stack,
                "files",
                new SnapshotId("01jhm0000000000000000000ab"),
                NOW,
                State.BEGUN,
                NOW,
                Optional.of(new ProcessIdentity("a boot pid:[1]", 7, "a boot 8")),
                Map.of("release", "1.2"),
                List.of(new PartSize("database", 3, 4)),
                List.of(
                        Written.planned(new FileName("a.dump"), "database", false)
                                .finished(7, "ab")
                                .seen(NOW),
                        Written.planned(new FileName("a.dump.md5"), "", true)));
    }

    @Test
    void an_entry_is_read_as_it_was_written() {
        LedgerEntry entry = entry("01jhm0000000000000000000aa", "shop");

        ledger.write(entry);

        assertThat(ledger.read().entries()).containsExactly(new Ledger.Stored(entry, NOW));
        assertThat(place.names("")).containsExactly(".holdfast/shop/01jhm0000000000000000000aa.json");
        ledger.write(entry.with(State.WHOLE));
        assertThat(ledger.read().entries())
                .extracting(stored -> stored.entry().state())
                .containsExactly(State.WHOLE);
    }

    @Test
    void a_stack_whose_name_begins_alike_is_another_one() {
        ledger.write(entry("01jhm0000000000000000000aa", "app"));
        ledger.write(entry("01jhm0000000000000000000bb", "app_test"));

        assertThat(ledger.read().of("app"))
                .extracting(stored -> stored.entry().stack())
                .containsExactly("app");
    }

    @Test
    void what_is_damaged_or_foreign_is_told_and_stays() {
        LedgerEntry entry = entry("01jhm0000000000000000000aa", "shop");
        ledger.write(entry);
        byte[] good = place.files().firstEntry().getValue().bytes();
        String text = new String(good, StandardCharsets.UTF_8);
        place.put(".holdfast/shop/readme.txt", new byte[] {1});
        place.put(
                ".holdfast/shop/01jhm0000000000000000000bb.json", "{\"version\": 1}".getBytes(StandardCharsets.UTF_8));
        place.put(".holdfast/shop/01jhm0000000000000000000cc.json", new byte[0]);
        // another version, another place, cut, a name that leads elsewhere
        place.put(
                ".holdfast/shop/01jhm0000000000000000000aa.json.bak",
                text.replace("\"version\" : 1", "\"version\" : 2").getBytes(StandardCharsets.UTF_8));
        place.put(".holdfast/other/01jhm0000000000000000000aa.json", good);
        place.put(
                ".holdfast/shop/01jhm0000000000000000000dd.json",
                text.substring(0, text.length() / 2).getBytes(StandardCharsets.UTF_8));
        place.put(
                ".holdfast/shop/01jhm0000000000000000000ee.json",
                text.replace("a.dump\"", "../a.dump\"").replace("00aa", "00ee").getBytes(StandardCharsets.UTF_8));
        int before = place.files().size();

        Ledger.Contents contents = ledger.read();

        assertThat(contents.entries()).extracting(Ledger.Stored::entry).containsExactly(entry);
        assertThat(contents.findings()).hasSize(7);
        assertThat(place.files()).hasSize(before);
    }
}
