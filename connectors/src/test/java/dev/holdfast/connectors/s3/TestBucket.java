package dev.holdfast.connectors.s3;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Consumer;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/** A bucket of its own for one test. */
final class TestBucket implements AutoCloseable {
    private final S3Location location;
    private final S3Clients clients;

    TestBucket(S3Server server) {
        location = server.location().with(server.newBucketName(), "");
        clients = new S3Clients(location);
        client().createBucket(r -> r.bucket(location.bucket()));
    }

    S3Location location() {
        return location;
    }

    S3Location under(String prefix) {
        return location.with(location.bucket(), prefix);
    }

    S3Client client() {
        return clients.repeating();
    }

    void put(String key, String content) {
        put(key, content.getBytes(StandardCharsets.UTF_8), r -> {});
    }

    void put(String key, byte[] content, Consumer<PutObjectRequest.Builder> more) {
        PutObjectRequest.Builder request =
                PutObjectRequest.builder().bucket(location.bucket()).key(key);
        more.accept(request);
        clients.onceFor(content.length).putObject(request.build(), RequestBody.fromBytes(content));
    }

    void putWith(String key, String content, Map<String, String> metadata) {
        put(key, content.getBytes(StandardCharsets.UTF_8), r -> r.metadata(metadata));
    }

    void delete(String key) {
        client().deleteObject(r -> r.bucket(location.bucket()).key(key));
    }

    String read(String key) {
        return client().getObjectAsBytes(r -> r.bucket(location.bucket()).key(key))
                .asUtf8String();
    }

    @Override
    public void close() {
        try {
            client().listObjectsV2Paginator(r -> r.bucket(location.bucket()))
                    .contents()
                    .forEach(object -> delete(object.key()));
            client().deleteBucket(r -> r.bucket(location.bucket()));
        } catch (SdkException e) {
            // a test may have removed it
            return;
        } finally {
            clients.close();
        }
    }
}
