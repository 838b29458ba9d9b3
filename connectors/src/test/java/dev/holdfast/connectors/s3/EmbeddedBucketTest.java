package dev.holdfast.connectors.s3;

final class EmbeddedBucketTest extends BucketContract {
    EmbeddedBucketTest() {
        super(S3Server.embedded());
    }
}
