package dev.holdfast.connectors.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

final class BucketEntryTest {
    @Test
    void how_a_body_was_signed_is_not_taken_for_how_it_is_encoded() {
        assertThat(encoding("aws-chunked")).isNull();
        assertThat(encoding("aws-chunked,gzip")).isEqualTo("gzip");
        assertThat(encoding("gzip,aws-chunked")).isEqualTo("gzip");
        assertThat(encoding("gzip, aws-chunked, br")).isEqualTo("gzip, br");
        assertThat(encoding("gzip")).isEqualTo("gzip");
        assertThat(encoding(null)).isNull();
    }

    private static String encoding(String header) {
        return BucketEntry.restorable(
                        GetObjectResponse.builder().contentEncoding(header).build())
                .get(BucketEntry.CONTENT_ENCODING);
    }

    @Test
    void metadata_survives_whatever_is_in_it() {
        Map<String, String> metadata = Map.of("a", "", "b=c", "&=%+ ", "ü", "😀\n");

        assertThat(BucketEntry.decode(BucketEntry.encode(new TreeMap<>(metadata))))
                .isEqualTo(metadata);
        assertThat(BucketEntry.encode(new TreeMap<>(Map.of("b", "x y", "a", "1"))))
                .isEqualTo("a=1&b=x%20y");
    }

    @Test
    void parts_are_equal_whole_mebibytes_and_never_too_many() {
        assertThat(ObjectRestorer.partBytes(20L << 20)).isEqualTo(16L << 20);
        assertThat(ObjectRestorer.partBytes(10_000L * (16 << 20))).isEqualTo(16L << 20);
        assertThat(ObjectRestorer.partBytes(10_000L * (16 << 20) + 1)).isEqualTo(17L << 20);
        long largest = 5L << 40;
        assertThat((largest + ObjectRestorer.partBytes(largest) - 1) / ObjectRestorer.partBytes(largest))
                .isLessThanOrEqualTo(10_000);
    }
}
