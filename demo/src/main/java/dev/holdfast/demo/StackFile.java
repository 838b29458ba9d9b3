package dev.holdfast.demo;

import dev.holdfast.demo.shop.ShopBucket;
import dev.holdfast.demo.shop.ShopDatabase;
import dev.holdfast.demo.stand.LocalS3;
import dev.holdfast.demo.stand.PrivatePostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes {@code holdfast.yaml} as a user would, and the environment it refers to. */
final class StackFile {
    static final String DATABASE = "database";
    static final String BUCKET = "media";
    static final String DIRECTORY = "uploads";
    static final List<String> PARTS = List.of(DATABASE, BUCKET, DIRECTORY);
    static final int DESTINATIONS = 2;

    private StackFile() {}

    /** The sources and destinations; secrets are named, not held. */
    static void write(Path folder, PrivatePostgres postgres, LocalS3 s3) {
        create(folder.resolve("holdfast.yaml"), """
                # a shop: its database, the bucket with its pictures, the folder with its uploads
                stack: shop
                sources:
                  database:
                    postgres:
                      url: postgresql://%s@127.0.0.1:%d/%s
                      password: ${SHOP_DB_PASSWORD}
                  media:
                    bucket:
                      endpoint: %s
                      bucket: %s
                      access-key: ${SHOP_S3_ACCESS_KEY}
                      secret-key: ${SHOP_S3_SECRET_KEY}
                  uploads:
                    directory:
                      path: uploads
                repository:
                  passphrase: ${HOLDFAST_PASSPHRASE}
                  destinations:
                    disk:
                      local:
                        path: backups
                    offsite:
                      s3:
                        endpoint: %s
                        bucket: shop-backup
                        access-key: ${SHOP_S3_ACCESS_KEY}
                        secret-key: ${SHOP_S3_SECRET_KEY}
                """.formatted(
                        PrivatePostgres.SUPERUSER,
                        postgres.port(),
                        ShopDatabase.NAME,
                        s3.endpoint(),
                        ShopBucket.NAME,
                        s3.endpoint()));
    }

    /** What the stack file refers to, and the way to the client programs of the server that runs. */
    static Map<String, String> environment(PrivatePostgres postgres, LocalS3 s3, String passphrase) {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("SHOP_DB_PASSWORD", postgres.password());
        environment.put("SHOP_S3_ACCESS_KEY", s3.accessKey());
        environment.put("SHOP_S3_SECRET_KEY", s3.secretKey());
        environment.put("HOLDFAST_PASSPHRASE", passphrase);
        environment.put(
                "PATH",
                postgres.binFolder() + File.pathSeparator + System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
        return environment;
    }

    /** The environment, and the command itself, as a file for a shell to read. */
    static void writeEnvironment(Path file, Map<String, String> environment, Path launcher) {
        StringBuilder lines = new StringBuilder();
        environment.forEach((name, value) -> lines.append("export %s=%s%n".formatted(name, quoted(value))));
        lines.append("holdfast() { %s \"$@\"; }%n".formatted(quoted(launcher.toString())));
        create(file, lines.toString());
    }

    private static String quoted(String value) {
        return "'" + value.replace("'", "'\\''") + "'";
    }

    /** Creates a file that only its owner reads. */
    static void create(Path file, String content) {
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, content, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write '%s'".formatted(file), e);
        }
    }
}
