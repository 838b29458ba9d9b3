package dev.holdfast.it;

import dev.holdfast.demo.stand.LocalS3;
import dev.holdfast.demo.stand.PrivatePostgres;
import dev.holdfast.demo.stand.Scratch;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * What all end-to-end tests share: one PostgreSQL server, one S3 server, one scratch folder and the distribution under test.
 * Started when the first test asks for it, gone when the last one has ended.
 */
final class Stands implements AutoCloseable {
    private final Scratch scratch;
    private final PrivatePostgres postgres;
    private final LocalS3 s3;
    private final Path launcher;
    private final Thread whenEnded;

    private Stands() {
        String distribution = System.getProperty("holdfast.distribution");
        if (distribution == null) {
            throw new AssertionError(
                    "-Dholdfast.distribution names no distribution: run these tests with './mvnw verify'");
        }
        launcher = Path.of(distribution).toAbsolutePath().normalize().resolve("bin/holdfast");
        if (!Files.isExecutable(launcher)) {
            throw new AssertionError("there is no launcher '" + launcher + "'");
        }
        scratch = Scratch.create("holdfast-it-");
        LocalS3 server = null;
        try {
            server = LocalS3.in(scratch.folder().resolve("s3"));
            postgres = PrivatePostgres.in(scratch.folder().resolve("postgres"))
                    .forgetful()
                    .setting("max_connections", "150")
                    .removeWhenOrphaned(scratch.folder())
                    .start();
            s3 = server;
            whenEnded = new Thread(scratch::close, "remove the scratch folder");
            Runtime.getRuntime().addShutdownHook(whenEnded);
        } catch (RuntimeException e) {
            if (server != null) {
                server.close();
            }
            scratch.close();
            throw e;
        }
    }

    /** The folder in which every stack gets its own. */
    Path folder() {
        return scratch.folder();
    }

    PrivatePostgres postgres() {
        return postgres;
    }

    S3Place s3() {
        return new S3Place(s3.endpoint(), s3.accessKey(), s3.secretKey(), false);
    }

    /** The S3 server that the environment names, where it names one; otherwise the same as for all. */
    S3Place chosenS3() {
        return S3Place.ofEnvironment(System.getenv()).orElseGet(this::s3);
    }

    /** The launcher of the distribution. */
    Path launcher() {
        return launcher;
    }

    @Override
    public void close() {
        postgres.close();
        s3.close();
        scratch.close();
        Runtime.getRuntime().removeShutdownHook(whenEnded);
    }

    /** Hands the stands to whoever has a parameter of their type. */
    static final class Provided implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Stands.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return context.getRoot()
                    .getStore(Namespace.create(Stands.class))
                    .computeIfAbsent(Stands.class, _ -> new Stands(), Stands.class);
        }
    }
}
