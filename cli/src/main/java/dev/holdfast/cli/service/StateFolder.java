package dev.holdfast.cli.service;

import dev.holdfast.control.config.Environment;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The folder in which a server keeps what is its own: the catalog, keys it made, logs, and which process it is. Nobody but its
 * owner may look into it.
 *
 * @param path absolute
 */
public record StateFolder(Path path) {
    public static final String VARIABLE = "HOLDFAST_STATE";

    private static final Path SYSTEM = Path.of("/var/lib/holdfast");

    public StateFolder {
        path = path.toAbsolutePath().normalize();
    }

    /**
     * The folder that is meant: the one named, {@code $HOLDFAST_STATE}, {@code /var/lib/holdfast} where it may be written, and
     * otherwise one of the user's own.
     *
     * @param named what the command line says
     * @param current where relative paths begin
     */
    public static StateFolder of(Optional<String> named, Environment environment, Path current) {
        return of(named, environment, current, SYSTEM);
    }

    static StateFolder of(Optional<String> named, Environment environment, Path current, Path system) {
        return new StateFolder(named.or(() -> environment.value(VARIABLE))
                .map(current::resolve)
                .orElseGet(() -> usable(system) ? system : ofUser(environment)));
    }

    /** It can be written, or it can be made. */
    private static boolean usable(Path folder) {
        if (Files.exists(folder)) {
            return Files.isWritable(folder);
        }
        Path parent = folder.getParent();
        return parent != null && Files.isWritable(parent);
    }

    private static Path ofUser(Environment environment) {
        return environment
                .value("XDG_STATE_HOME")
                .map(Path::of)
                .filter(Path::isAbsolute)
                .orElseGet(() -> Path.of(environment.value("HOME").orElse(System.getProperty("user.home")))
                        .resolve(".local/state"))
                .resolve("holdfast");
    }

    /**
     * Makes it where it is not there.
     *
     * @throws Failed (FILE_UNWRITABLE) if it cannot be made or written
     */
    public StateFolder create() {
        try {
            if (!Files.isDirectory(path)) {
                Files.createDirectories(
                        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
        } catch (IOException e) {
            throw unwritable(e);
        }
        if (!Files.isWritable(path)) {
            throw unwritable(null);
        }
        return this;
    }

    private Failed unwritable(@Nullable IOException cause) {
        return new Failed(
                ErrorCode.FILE_UNWRITABLE,
                "the state folder '" + path + "' cannot be written",
                "name another with --state or " + VARIABLE + ", or give it to the user that runs Holdfast.",
                cause);
    }

    public Path catalog() {
        return path.resolve("catalog.db");
    }

    public Path logs() {
        return path.resolve("logs");
    }

    Path lock() {
        return path.resolve("holdfast.lock");
    }

    Path process() {
        return path.resolve("holdfast.pid");
    }

    /** Lets commands of this machine speak to the server; whoever may read it may read the keys beside it anyway. */
    public Path token() {
        return path.resolve("local.token");
    }
}
