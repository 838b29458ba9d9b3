package dev.holdfast.control.config;

import dev.holdfast.control.adopt.AdoptedPlace;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Reads where there are backups that other tools made. */
final class AdoptedReader {
    static final String KEY = "adopted";

    private static final String PASSPHRASE = "passphrase";
    private static final String KEY_PASSPHRASE = "key-passphrase";
    private static final String ZONE = "zone";
    private static final List<String> KEYS = Stream.concat(
                    ExportPlaceReader.kinds().stream(),
                    Stream.of(PASSPHRASE, "passphrase-file", "secret-key", KEY_PASSPHRASE, "key-passphrase-file", ZONE))
            .toList();

    private AdoptedReader() {}

    /**
     * @param zone of the stack
     */
    static List<AdoptedPlace> read(Section file, ZoneId zone) {
        if (!file.has(KEY)) {
            return List.of();
        }
        Section adopted = file.section(KEY, Example.ADOPTED);
        List<AdoptedPlace> read = new ArrayList<>();
        for (String name : adopted.keys()) {
            adopted.attempt(() -> place(name, adopted, zone)).ifPresent(read::add);
        }
        return read;
    }

    private static AdoptedPlace place(String name, Section adopted, ZoneId zone) {
        Section.named(adopted.line(name), name, "the name of a place", Example.ADOPTED);
        Section place = adopted.section(name, Example.ADOPTED).only(KEYS, Example.ADOPTED);
        return new AdoptedPlace(
                name,
                ExportPlaceReader.config(name, place),
                new AdoptedPlace.Opening(
                        place.secret(PASSPHRASE),
                        place.path("secret-key", "for example: secret-key: /etc/holdfast/old-key.asc"),
                        place.secret(KEY_PASSPHRASE)),
                ScheduleReader.zone(place).orElse(zone));
    }
}
