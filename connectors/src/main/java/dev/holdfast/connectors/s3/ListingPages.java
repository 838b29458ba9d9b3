package dev.holdfast.connectors.s3;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Unsupported;
import dev.holdfast.engine.tree.EntryKey;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * The pages of a listing, one in memory at a time, and the guard over them: keys must ascend as unsigned bytes, a page that
 * is not the last must say how to go on, and differently from the page before. Keys travel percent-encoded, as XML cannot hold
 * every character. For one thread.
 */
final class ListingPages {
    private final S3Client client;
    private final String place;
    private ListObjectsV2Request request;
    private @Nullable EntryKey last;
    private boolean ended;

    /**
     * @param place what is listed, for messages
     */
    ListingPages(S3Client client, String bucket, String prefix, int pageSize, String place) {
        this.client = client;
        this.place = place;
        request = ListObjectsV2Request.builder()
                .bucket(bucket)
                .prefix(prefix)
                .maxKeys(pageSize)
                .encodingType(EncodingType.URL)
                .build();
    }

    /** The next page, possibly empty; null after the last. */
    @Nullable
    List<S3Object> next() {
        if (ended) {
            return null;
        }
        ListObjectsV2Response page = client.listObjectsV2(request);
        for (S3Object object : page.contents()) {
            EntryKey key = EntryKey.of(object.key());
            if (last != null && last.compareTo(key) >= 0) {
                throw broken("'" + key + "' comes after '" + last + "'");
            }
            if (!object.key().startsWith(request.prefix())) {
                throw broken("'" + key + "' does not begin with '" + request.prefix() + "'");
            }
            last = key;
        }
        advance(page);
        return page.contents();
    }

    private void advance(ListObjectsV2Response page) {
        String token = page.nextContinuationToken();
        if (!Boolean.TRUE.equals(page.isTruncated())) {
            ended = true;
            return;
        }
        if (token == null || token.isEmpty()) {
            throw broken("a page says that more follow but not how to get them");
        }
        if (token.equals(request.continuationToken())) {
            throw broken("two pages lead to the same next one");
        }
        request = request.toBuilder().continuationToken(token).build();
    }

    private Unsupported broken(String what) {
        return new Unsupported(
                ErrorCode.STORE_UNSUITABLE,
                "the listing of " + place + " cannot be trusted: " + what,
                "Update the server; an incomplete listing would make an incomplete backup.");
    }
}
