package dev.holdfast.demo.stand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.S3Exception;

final class LocalS3Test {
    @TempDir
    Path folder;

    @Test
    void objects_come_back_with_content_type_and_metadata() {
        try (LocalS3 s3 = LocalS3.in(folder);
                S3Client client = s3.s3Client().build()) {
            s3.createBucket("shop");
            client.putObject(
                    put -> put.bucket("shop")
                            .key("odd name/ünï+code & more.txt")
                            .contentType("image/svg+xml")
                            .metadata(Map.of("colour", "red")),
                    RequestBody.fromString("content"));

            HeadObjectResponse head =
                    client.headObject(get -> get.bucket("shop").key("odd name/ünï+code & more.txt"));
            assertThat(head.contentType()).isEqualTo("image/svg+xml");
            assertThat(head.metadata()).containsEntry("colour", "red");
            assertThat(client.getObjectAsBytes(get -> get.bucket("shop").key("odd name/ünï+code & more.txt"))
                            .asUtf8String())
                    .isEqualTo("content");
        }
    }

    @Test
    void large_objects_go_up_in_parts() {
        try (LocalS3 s3 = LocalS3.in(folder);
                S3Client client = s3.s3Client().build()) {
            s3.createBucket("shop");
            String upload = client.createMultipartUpload(
                            create -> create.bucket("shop").key("large").contentType("video/mp4"))
                    .uploadId();
            CompletedPart[] parts = new CompletedPart[3];
            for (int part = 1; part <= parts.length; part++) {
                int number = part;
                String tag = client.uploadPart(
                                body -> body.bucket("shop")
                                        .key("large")
                                        .uploadId(upload)
                                        .partNumber(number),
                                RequestBody.fromBytes(new byte[8 << 20]))
                        .eTag();
                parts[part - 1] =
                        CompletedPart.builder().partNumber(part).eTag(tag).build();
            }
            client.completeMultipartUpload(complete ->
                    complete.bucket("shop").key("large").uploadId(upload).multipartUpload(all -> all.parts(parts)));

            HeadObjectResponse head =
                    client.headObject(get -> get.bucket("shop").key("large"));
            assertThat(head.contentLength()).isEqualTo(24L << 20);
            assertThat(head.contentType()).isEqualTo("video/mp4");
        }
    }

    @Test
    void a_name_is_taken_only_once_where_the_writer_asks_for_that() {
        try (LocalS3 s3 = LocalS3.in(folder);
                S3Client client = s3.s3Client().build()) {
            s3.createBucket("shop");
            client.putObject(put -> put.bucket("shop").key("k").ifNoneMatch("*"), RequestBody.fromString("first"));

            assertThatThrownBy(() -> client.putObject(
                            put -> put.bucket("shop").key("k").ifNoneMatch("*"), RequestBody.fromString("second")))
                    .isInstanceOfSatisfying(
                            S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(412));
        }
    }

    @Test
    void wrong_credentials_are_refused() {
        try (LocalS3 s3 = LocalS3.in(folder);
                S3Client stranger = s3.s3Client(s3.accessKey(), "wrong").build()) {
            s3.createBucket("shop");
            assertThatThrownBy(() -> stranger.listObjectsV2(list -> list.bucket("shop")))
                    .isInstanceOfSatisfying(
                            S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(403));
        }
    }

    @Test
    void objects_survive_a_restart_on_the_same_port() {
        try (LocalS3 s3 = LocalS3.in(folder);
                S3Client client = s3.s3Client().build()) {
            s3.createBucket("shop");
            client.putObject(put -> put.bucket("shop").key("k"), RequestBody.fromString("content"));

            s3.stop();
            assertThat(s3.isRunning()).isFalse();
            assertThatThrownBy(() -> client.headObject(get -> get.bucket("shop").key("k")))
                    .isInstanceOf(SdkClientException.class);

            s3.start();
            assertThat(client.getObjectAsBytes(get -> get.bucket("shop").key("k"))
                            .asUtf8String())
                    .isEqualTo("content");
        }
    }

    @Test
    void a_bucket_is_deleted_with_all_its_objects() {
        try (LocalS3 s3 = LocalS3.in(folder);
                S3Client client = s3.s3Client().build()) {
            s3.createBucket("shop");
            for (int i = 0; i < 1005; i++) {
                String key = "folder-%d/%d".formatted(i % 7, i);
                client.putObject(put -> put.bucket("shop").key(key), RequestBody.fromString("x"));
            }

            assertThat(s3.deleteBucket("shop")).isEqualTo(1005);
            assertThatThrownBy(() -> client.listObjectsV2(list -> list.bucket("shop")))
                    .isInstanceOf(NoSuchBucketException.class);
        }
    }

    @Test
    void only_this_machine_reaches_the_server() throws Exception {
        try (LocalS3 s3 = LocalS3.in(folder)) {
            assertThat(s3.endpoint().getHost()).isEqualTo("127.0.0.1");
            for (InetAddress address : NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address -> !address.isLoopbackAddress())
                    .toList()) {
                assertThatThrownBy(() -> {
                            try (Socket socket = new Socket()) {
                                socket.connect(new InetSocketAddress(address, s3.port()), 500);
                            }
                        })
                        .isInstanceOf(IOException.class);
            }
        }
    }
}
