package dev.holdfast.connectors.s3;

import dev.holdfast.engine.store.StoreKey;

final class EmbeddedS3StoreTest extends S3StoreContract {
    EmbeddedS3StoreTest() {
        super(S3Server.embedded());
    }

    /** The server shows an object that is still being written under its name and a random suffix. */
    @Override
    protected boolean isForeign(StoreKey key) {
        return key.name().matches(".*-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    }
}
