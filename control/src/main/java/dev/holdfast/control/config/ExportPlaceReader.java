package dev.holdfast.control.config;

import dev.holdfast.control.config.Problems.Stop;
import dev.holdfast.control.export.ExportPlace;
import dev.holdfast.control.export.PlaceConfig;
import dev.holdfast.control.retention.RetentionPolicy;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads a place where exported files are kept. */
final class ExportPlaceReader {
    private static final String KEEP = "keep";
    private static final String WHEN = "when";
    private static final List<String> KINDS = List.of("local", "s3", "sftp");
    private static final List<String> S3_MORE = List.of("part-size", "max-parts", "storage-class", "lock");
    private static final List<String> RULES = List.of("days", "last", "hourly", "daily", "weekly", "monthly", "yearly");
    private static final int MOST = 100_000;
    private static final Duration DAY = Duration.ofDays(1);

    private ExportPlaceReader() {}

    static ExportPlace read(String name, Section places, ZoneId zone) {
        Section.named(places.line(name), name, "the name of a place", Example.EXPORT_PLACES);
        Section place = places.section(name, Example.EXPORT_PLACES)
                .only(Stream.concat(KINDS.stream(), Stream.of(KEEP, WHEN)).toList(), Example.EXPORT_PLACES);
        return new ExportPlace(name, config(name, place), keep(place, zone), byHand(place));
    }

    private static boolean byHand(Section place) {
        return place.choice(
                WHEN, List.of(false, true), hand -> hand ? "by-hand" : "after-backup", false, Example.WHEN_EXPORTED);
    }

    /** The kinds of places, by their keys. */
    static List<String> kinds() {
        return KINDS;
    }

    static PlaceConfig config(String name, Section place) {
        List<String> found = place.keys().stream().filter(KINDS::contains).toList();
        if (found.size() != 1) {
            throw new Stop(
                    place.line(),
                    "place '" + name + "' " + (found.isEmpty() ? "has no kind" : "is of several kinds")
                            + "; expected one of " + Section.listed(KINDS),
                    Example.EXPORT_PLACES);
        }
        if (found.getFirst().equals("s3")) {
            return s3(place.section("s3", Example.S3));
        }
        if (found.getFirst().equals("sftp")) {
            return new PlaceConfig.Sftp(SftpReader.read(place.section("sftp", Example.SFTP)));
        }
        Section local = place.section("local", Example.LOCAL).only(List.of("path"), Example.LOCAL);
        return new PlaceConfig.Local(
                local.path("path", Example.LOCAL).orElseThrow(() -> local.missing("path", Example.LOCAL)));
    }

    private static PlaceConfig s3(Section s3) {
        ByteSize none = new ByteSize(0);
        ByteSize partSize = s3.size("part-size", PlaceConfig.S3.LEAST_PART, PlaceConfig.S3.MOST_PART, none);
        return new PlaceConfig.S3(
                S3Reader.read(s3, S3_MORE, Example.S3),
                Optional.of(partSize).filter(size -> !size.equals(none)),
                s3.whole("max-parts", 1, PlaceConfig.S3.MOST_PARTS, PlaceConfig.S3.MOST_PARTS),
                s3.text("storage-class", "storage-class: STANDARD_IA"),
                s3.span("lock", DAY, DAY.multipliedBy(36_525), "lock: 30d"));
    }

    private static RetentionPolicy keep(Section place, ZoneId zone) {
        if (!place.has(KEEP)) {
            return RetentionPolicy.standard(zone);
        }
        Section keep = place.section(KEEP, Example.KEEP)
                .only(Stream.concat(RULES.stream(), Stream.of("minimum")).toList(), Example.KEEP);
        RetentionPolicy policy = RetentionPolicy.builder()
                .last(count(keep, "last"))
                .hourly(count(keep, "hourly"))
                .daily(count(keep, "daily"))
                .weekly(count(keep, "weekly"))
                .monthly(count(keep, "monthly"))
                .yearly(count(keep, "yearly"))
                .days(count(keep, "days"))
                .minimum(keep.whole("minimum", 1, MOST, RetentionPolicy.DEFAULT_MINIMUM))
                .zone(zone)
                .build();
        if (policy.keepsEverything()) {
            throw new Stop(
                    keep.line(),
                    "'" + keep.path() + "' has no rule with more than 0",
                    "give one, or leave 'keep' out for " + RetentionPolicy.DEFAULT_DAYS + " days.");
        }
        return policy;
    }

    private static int count(Section keep, String key) {
        return keep.whole(key, 0, MOST, 0);
    }
}
