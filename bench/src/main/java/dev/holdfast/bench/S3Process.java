package dev.holdfast.bench;

import dev.holdfast.demo.stand.LocalS3;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The S3 server of the demo as a process of its own, so that its processor time is not counted as anybody's. It prints its
 * endpoint, access key and secret key on one line, and ends when its standard input does.
 */
public final class S3Process {
    private S3Process() {}

    public static void main(String[] arguments) throws IOException {
        try (LocalS3 server = LocalS3.in(Path.of(arguments[0]))) {
            System.out.println(server.endpoint() + " " + server.accessKey() + " " + server.secretKey());
            while (System.in.read() >= 0) {
                // what is said does not matter, only that the other end is there
            }
        }
    }
}
