package dev.holdfast.connectors.s3;

import dev.holdfast.engine.place.FileName;
import java.util.List;

final class EmbeddedS3PlaceTest extends S3PlaceContract {
    EmbeddedS3PlaceTest() {
        super(S3Server.embedded());
    }

    /** The server keeps keys as paths, and writes a segment with a random suffix first. */
    @Override
    protected int longestSegment() {
        return 200;
    }

    /** Keys are paths: such a one cannot be. */
    @Override
    protected List<String> belowFile() {
        return List.of();
    }

    /** The server shows an object that is still being written under its name and a random suffix. */
    @Override
    protected boolean isForeign(FileName name) {
        return name.text().matches(".*-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    }
}
