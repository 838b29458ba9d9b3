package dev.holdfast.engine.place;

import dev.holdfast.engine.source.ExportFile;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * A place that keeps exported files under names that people know: a directory, a bucket under a prefix, a directory of another server.
 * A file is seen under its name whole or not at all. May be used by many threads at once; each {@link ExportFile} by one.
 *
 * <p>Failures are of the family {@link dev.holdfast.engine.error.HoldfastException}: {@code Missing}, {@code AlreadyExists}, {@code
 * AccessDenied}, {@code NoSpace}, {@code Unavailable} for what is worth another attempt. A place tries again what it can try again
 * without the caller; a stream that it cannot continue fails with {@code Unavailable}.
 */
public interface FilePlace extends AutoCloseable {
    /** Where this is, for people: a path, {@code s3://bucket/prefix} or {@code sftp://user@host:port/path}; no secret. */
    String location();

    /** Where a file is, for people. */
    String location(FileName name);

    /** Makes the place where it does not exist yet (a directory with mode 700, a private bucket); harmless when it is there. */
    void prepare();

    /**
     * Begins a file. Its {@link ExportFile#preflight} opens it, {@link ExportFile#commit} makes it durable and visible, with mode 600
     * where there are modes; folders in its name are made (mode 700). Closed without a commit, or cut off by a power cut, nothing is
     * seen under the name.
     *
     * @param replace whether a file of that name may be replaced, in one step; without it an existing one makes preflight or, if it
     *     came meanwhile, commit fail with {@code AlreadyExists}, and stays untouched
     */
    ExportFile create(FileName name, FileFacts facts, boolean replace);

    /**
     * Opens a file for reading from its first byte. A stream that ends before the file does throws, and never looks like a shorter file.
     *
     * @throws dev.holdfast.engine.error.Missing (STORE_OBJECT_MISSING) if there is none
     */
    InputStream open(FileName name);

    /** How it is listed, or empty if there is none. */
    Optional<PlacedFile> find(FileName name);

    /**
     * Lists files in this place and its folders, in no order. What is unfinished, a link, or has a name that is no {@link FileName} is
     * left out.
     *
     * @param prefix what the names begin with, as text: {@code app} begins {@code app_test.sql} too; empty for all
     */
    void list(String prefix, Consumer<PlacedFile> consumer);

    /**
     * Removes a file, and proves that it is gone; harmless when it is not there. Folders that it leaves empty and that this place made
     * stay, until {@link #tidy}.
     */
    void delete(FileName name);

    /**
     * Removes a folder and those in it as far as they hold nothing but each other; harmless where it is not there, is a link, or the
     * place has no folders. No link is followed.
     */
    default void tidy(FileName folder) {
        // a name with slashes makes no folder in most stores
    }

    /**
     * Makes {@code name} lead to {@code target} from now on, in one step: a relative link where there are links, else a copy. A file at
     * {@code name} that is no link, or no copy made by this method, is not replaced.
     *
     * @throws dev.holdfast.engine.error.AlreadyExists if something else has the name
     * @throws dev.holdfast.engine.error.Missing (STORE_OBJECT_MISSING) if the target is not there
     */
    void point(FileName name, FileName target);

    /** A link by which anybody can fetch a file until it expires; empty where the place has none. */
    default Optional<URI> link(FileName name, Duration lasting) {
        return Optional.empty();
    }

    /** How many bytes it can still take; empty where nobody says. */
    default OptionalLong freeBytes() {
        return OptionalLong.empty();
    }

    /**
     * Removes what processes that died left unfinished: parts of uploads, files without their final name.
     *
     * @param olderThan only what was begun before, by the clock of the place
     * @return how many things were removed
     */
    int sweepUnfinished(Instant olderThan);

    @Override
    void close();
}
