package dev.holdfast.connectors.s3;

import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Runs where the environment names a real server, for example the one that {@code it/servers/ceph-rgw} starts. */
@EnabledIfEnvironmentVariable(named = "HOLDFAST_IT_S3_ENDPOINT", matches = ".+")
final class RealS3PlaceTest extends S3PlaceContract {
    RealS3PlaceTest() {
        super(S3Server.real().orElseThrow());
    }
}
