package dev.holdfast.connectors.s3;

import dev.holdfast.demo.stand.LocalS3;
import dev.holdfast.demo.stand.Scratch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** A server that tests run against, and what it cannot do. */
interface S3Server {
    /** How to get there; the bucket does not exist. */
    S3Location location();

    /** Whether keys are really opaque, versions and tags are known. */
    boolean complete();

    default String newBucketName() {
        return "test-" + UUID.randomUUID().toString().substring(0, 13).toLowerCase(Locale.ROOT);
    }

    /** S3Proxy inside this process; one for all tests, stopped with the process. */
    static S3Server embedded() {
        return Embedded.ONLY;
    }

    /** A real server that the environment names, if it names one. */
    static Optional<S3Server> real() {
        Map<String, String> environment = System.getenv();
        return Optional.ofNullable(environment.get("HOLDFAST_IT_S3_ENDPOINT"))
                .map(endpoint -> new Real(S3Location.of(
                        URI.create(endpoint),
                        "unused",
                        S3Credentials.of(
                                environment.get("HOLDFAST_IT_S3_ACCESS_KEY"),
                                environment.get("HOLDFAST_IT_S3_SECRET_KEY")))));
    }

    /** A server outside this process. */
    record Real(S3Location location) implements S3Server {
        @Override
        public boolean complete() {
            return true;
        }
    }

    /** The server inside this process. */
    final class Embedded implements S3Server {
        private static final Embedded ONLY = new Embedded();

        private final LocalS3 server;

        private Embedded() {
            try {
                Path folder = Files.createTempDirectory("holdfast-s3-");
                Runtime.getRuntime().addShutdownHook(new Thread(() -> Scratch.delete(folder)));
                server = LocalS3.in(folder);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        LocalS3 server() {
            return server;
        }

        @Override
        public S3Location location() {
            return S3Location.of(server.endpoint(), "unused", S3Credentials.of(server.accessKey(), server.secretKey()));
        }

        @Override
        public boolean complete() {
            return false;
        }
    }
}
