package dev.holdfast.connectors.files;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.FileVisitor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * What {@link LocalPlace} does not list: links, special files, and what has a name that a file of a place cannot have. For one thread.
 */
public final class Unlisted {
    private final byte[] place;
    private final byte[] folder;
    private String first = "";
    private long count;

    private Unlisted(Path place, Path folder) {
        this.place = RawPath.of(place);
        this.folder = RawPath.of(folder);
    }

    /**
     * @param place the directory that is listed
     * @param folder the part of it that matters
     * @throws IOException if it cannot be looked through
     */
    public static Unlisted in(Path place, Path folder) throws IOException {
        Unlisted unlisted = new Unlisted(place, folder);
        Files.walkFileTree(folder, unlisted.visitor());
        return unlisted;
    }

    /** One of them, for people; empty if there is none. */
    public String first() {
        return first;
    }

    public long count() {
        return count;
    }

    private FileVisitor<Path> visitor() {
        return new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                boolean listed = attributes.isRegularFile()
                        && !Unfinished.is(file)
                        && LocalWalk.name(place, file).isPresent();
                if (!listed) {
                    String shown = RawPath.show(RawPath.of(file))
                            .substring(RawPath.show(folder).length());
                    first = count++ == 0 ? shown.substring(1) : first;
                }
                return FileVisitResult.CONTINUE;
            }
        };
    }
}
