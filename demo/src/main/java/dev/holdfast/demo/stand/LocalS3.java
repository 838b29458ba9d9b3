package dev.holdfast.demo.stand;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.Delete;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;

/**
 * An S3 server inside this process (S3Proxy), on a free port of 127.0.0.1, that keeps its objects as files below a folder.
 * It checks signatures and honours {@code If-None-Match}; it is not durable (nothing is synced) and knows no versions,
 * locks or tags. Keys are paths there: no key may be a folder of another, and no segment may exceed 200 bytes. Objects
 * above some MB belong into multipart uploads, because it holds a signed body in memory.
 *
 * <p>Methods may be called from several threads; starting and stopping take turns.
 */
public final class LocalS3 implements AutoCloseable {
    private static final int THREADS = 64;
    private static final List<String> CHATTY = List.of(
            "org.gaul",
            "org.eclipse.jetty",
            "software.amazon.awssdk",
            "org.apache.hc",
            "com.azure",
            "com.google",
            "io.grpc",
            "io.netty",
            "reactor");

    private final Path folder;
    private final String accessKey;
    private final String secretKey;
    private int port;
    private @Nullable S3Proxy server;

    private LocalS3(Path folder) {
        this.folder = folder;
        this.accessKey = "HOLDFAST" + random(6).toUpperCase(Locale.ROOT);
        this.secretKey = random(20);
    }

    /** Starts a server that keeps its buckets below {@code folder}, whose file system must know user attributes. */
    public static LocalS3 in(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new StandFailure("cannot create the folder '%s' for the S3 server: %s".formatted(folder, e), e);
        }
        requireAttributes(folder);
        LocalS3 s3 = new LocalS3(folder.toAbsolutePath());
        s3.start();
        return s3;
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + port);
    }

    public int port() {
        return port;
    }

    public String region() {
        return "us-east-1";
    }

    public String accessKey() {
        return accessKey;
    }

    public String secretKey() {
        return secretKey;
    }

    /** A builder for clients of this server; the client built from it is the caller's to close. */
    public S3ClientBuilder s3Client() {
        return s3Client(accessKey, secretKey);
    }

    /** The same with other credentials, wrong ones for example. */
    public S3ClientBuilder s3Client(String key, String secret) {
        return S3Client.builder()
                .endpointOverride(endpoint())
                .region(Region.of(region()))
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(key, secret)))
                .forcePathStyle(true)
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .httpClientBuilder(Apache5HttpClient.builder().maxConnections(THREADS));
    }

    public void createBucket(String name) {
        try (S3Client client = s3Client().build()) {
            client.createBucket(request -> request.bucket(name));
        }
    }

    /** Deletes all objects of a bucket, then the bucket; answers how many objects there were. */
    public long deleteBucket(String name) {
        long deleted = 0;
        try (S3Client client = s3Client().build()) {
            while (true) {
                ListObjectsV2Response page = client.listObjectsV2(request -> request.bucket(name));
                if (page.contents().isEmpty()) {
                    client.deleteBucket(request -> request.bucket(name));
                    return deleted;
                }
                List<ObjectIdentifier> keys = page.contents().stream()
                        .map(object ->
                                ObjectIdentifier.builder().key(object.key()).build())
                        .toList();
                client.deleteObjects(request -> request.bucket(name)
                        .delete(Delete.builder().objects(keys).quiet(true).build()));
                deleted += keys.size();
            }
        }
    }

    public synchronized boolean isRunning() {
        return server != null;
    }

    /** Starts the server again on the port it had; does nothing when it runs. */
    public synchronized void start() {
        if (server != null) {
            return;
        }
        quieten();
        S3Proxy started = S3Proxy.builder()
                .blobStore(new FilesystemNio2BlobStore(folder.toString()))
                .endpoint(URI.create("http://127.0.0.1:" + port))
                .awsAuthentication(AuthenticationType.AWS_V4, accessKey, secretKey)
                .jettyMaxThreads(THREADS)
                .ignoreUnknownHeaders(true)
                .build();
        try {
            started.start();
        } catch (Exception e) {
            throw new StandFailure("cannot start the S3 server on port %d of 127.0.0.1: %s".formatted(port, e), e);
        }
        server = started;
        port = started.getPort();
    }

    /** Stops answering, as a network failure would; the objects stay. */
    public synchronized void stop() {
        S3Proxy running = server;
        if (running == null) {
            return;
        }
        server = null;
        try {
            running.stop();
        } catch (Exception e) {
            throw new StandFailure("cannot stop the S3 server: " + e, e);
        }
    }

    /** Stops the server; its folder stays. */
    @Override
    public void close() {
        stop();
    }

    /** Content types and metadata are kept in user attributes of the files: without them they would silently be lost. */
    private static void requireAttributes(Path folder) {
        try {
            Path probe = Files.createTempFile(folder, ".attributes", "");
            try {
                Files.setAttribute(probe, "user:holdfast", ByteBuffer.wrap(new byte[] {1}));
            } finally {
                Files.delete(probe);
            }
        } catch (IOException | UnsupportedOperationException e) {
            throw new StandFailure(
                    "the file system of '%s' keeps no user attributes, which the S3 server needs: choose another folder (%s)"
                            .formatted(folder, e.getMessage()),
                    e);
        }
    }

    /** Sets the level of the libraries behind this server to WARN, unless somebody has chosen one. */
    private static void quieten() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            for (String name : CHATTY) {
                Logger logger = context.getLogger(name);
                if (logger.getLevel() == null) {
                    logger.setLevel(Level.WARN);
                }
            }
            // clients ask for tags to find out that there are none: a 501 is no error here
            context.getLogger("org.gaul.s3proxy.S3ProxyHandler").setLevel(Level.OFF);
        }
    }

    private static String random(int bytes) {
        byte[] random = new byte[bytes];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }
}
