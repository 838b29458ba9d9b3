package dev.holdfast.connectors.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.Headers;
import dev.holdfast.engine.place.FileFacts;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.source.ExportFile;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** How files are kept is what the server is asked for, with small and with large ones. */
final class S3PlaceSettingsTest {
    private static final InstantSource NOON = InstantSource.fixed(Instant.parse("2026-11-20T12:00:00Z"));
    private static final FileName NAME = new FileName("a");

    private static void write(S3Place place, FileName name, int length) {
        try (ExportFile file = place.create(name, FileFacts.of("text/plain"), false)) {
            file.preflight();
            file.write(new byte[length], 0, length);
            file.commit();
        }
    }

    @Test
    void class_encryption_and_lock_are_asked_for_and_a_copy_is_not_locked() throws IOException {
        S3PlaceSettings settings = new S3PlaceSettings(
                OptionalLong.of(5 << 20),
                100,
                S3PlaceSettings.Checksum.MD5,
                Optional.of("STANDARD_IA"),
                Optional.of(new S3PlaceSettings.Encryption(Optional.of("key-7"))),
                Optional.of(new S3PlaceSettings.Lock(S3PlaceSettings.Lock.Mode.COMPLIANCE, Duration.ofDays(30))),
                Optional.empty());
        try (DiscardingS3 server = new DiscardingS3();
                S3Place place = new S3Place(server.location(), settings, NOON)) {
            for (int length : new int[] {3, 17 << 20}) {
                FileName name = new FileName("a" + length);
                write(place, name, length);
                Headers asked = server.asked("/bucket/a" + length);
                assertThat(asked.getFirst("x-amz-storage-class")).isEqualTo("STANDARD_IA");
                assertThat(asked.getFirst("x-amz-server-side-encryption")).isEqualTo("aws:kms");
                assertThat(asked.getFirst("x-amz-server-side-encryption-aws-kms-key-id"))
                        .isEqualTo("key-7");
                assertThat(asked.getFirst("x-amz-object-lock-mode")).isEqualTo("COMPLIANCE");
                assertThat(asked.getFirst("x-amz-object-lock-retain-until-date"))
                        .isEqualTo("2026-12-20T12:00:00Z");
                place.point(new FileName("latest"), name);
                Headers copied = server.asked("/bucket/latest");
                assertThat(copied.getFirst("x-amz-copy-source")).isEqualTo("bucket/a" + length);
                assertThat(copied.getFirst("x-amz-storage-class")).isEqualTo("STANDARD_IA");
                assertThat(copied.getFirst("x-amz-object-lock-mode")).isNull();
            }
        }
    }

    @Test
    void without_settings_nothing_is_asked_for_that_servers_may_not_know() throws IOException {
        try (DiscardingS3 server = new DiscardingS3();
                S3Place place = new S3Place(server.location(), S3PlaceSettings.DEFAULT, NOON)) {
            write(place, NAME, 3);
            assertThat(server.asked("/bucket/a").keySet())
                    .noneMatch(name ->
                            name.matches("(?i)x-amz-(storage|server|object-lock|checksum|trailer|sdk-check).*"));
            assertThat(server.asked("/bucket/a").getFirst("Content-MD5")).isNotBlank();
        }
    }

    @Test
    void defaults_and_bounds_are_these() {
        assertThat(S3PlaceSettings.DEFAULT.maxParts()).isEqualTo(10_000);
        assertThat(S3PlaceSettings.DEFAULT.checksum()).isEqualTo(S3PlaceSettings.Checksum.MD5);
        for (long part : new long[] {1, (5 << 20) - 1, (5L << 30) + 1}) {
            assertThatThrownBy(() -> S3PlaceContract.settings(part, 100, S3PlaceSettings.Checksum.MD5))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        for (int parts : new int[] {0, 10_001}) {
            assertThatThrownBy(() -> S3PlaceContract.settings(0, parts, S3PlaceSettings.Checksum.MD5))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> new S3PlaceSettings.Lock(S3PlaceSettings.Lock.Mode.GOVERNANCE, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
