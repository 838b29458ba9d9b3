package dev.holdfast.control.operation;

import dev.holdfast.control.config.BucketConfig;
import dev.holdfast.control.config.DirectoryConfig;
import dev.holdfast.control.config.LocalConfig;
import dev.holdfast.control.config.PostgresConfig;
import dev.holdfast.control.config.RepositoryConfig;
import dev.holdfast.control.config.S3Keys;
import dev.holdfast.control.config.S3Place;
import dev.holdfast.control.config.Secret;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.engine.repository.RepositoryKey;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A stack for tests: a directory, a bucket and a database, in an order that is not the one they are captured in. */
public final class Stacks {
    public static final RepositoryConfig REPOSITORY = RepositoryConfig.of(
            Optional.of(new RepositoryKey.Passphrase("four random words")),
            List.of(new LocalConfig("disk", Path.of("/backups"))));

    public static final StackConfig SHOP = new StackConfig(
            "shop",
            List.of(
                    new DirectoryConfig("uploads", Path.of("/srv/uploads"), List.of()),
                    new BucketConfig(
                            "media",
                            new S3Place(
                                    Optional.of(URI.create("http://127.0.0.1:9000")),
                                    "us-east-1",
                                    "shop-media",
                                    "",
                                    Optional.of(new S3Keys(new Secret("id"), new Secret("key"), Optional.empty())),
                                    true,
                                    32)),
                    new PostgresConfig("database", new Secret("postgresql://shop@db/shop"), Optional.empty(), 4)),
            REPOSITORY);

    private Stacks() {}
}
