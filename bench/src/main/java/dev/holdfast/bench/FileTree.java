package dev.holdfast.bench;

import dev.holdfast.bench.Content.Kind;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes folders of files, the same for the same seed.
 *
 * @param sorts the sorts of files, whose shares add up to 1
 * @param linkShare how many entries are symbolic links to a file before them
 * @param copyShare how many files are copies of a file before them
 */
record FileTree(List<Sort> sorts, double linkShare, double copyShare) {
    /** Files that are alike: their share of all files, and their sizes around a median in bytes. */
    record Sort(double share, String ending, Kind kind, double median, double sigma) {}

    /** About 45 kB per file: sources and texts, pictures, tables, a few archives. */
    static final FileTree HOME = new FileTree(
            List.of(
                    new Sort(0.45, "txt", Kind.PROSE, 3e3, 1.2),
                    new Sort(0.25, "json", Kind.RECORDS, 3e3, 1.2),
                    new Sort(0.235, "jpg", Kind.NOISE, 60e3, 0.8),
                    new Sort(0.0645, "csv", Kind.RECORDS, 120e3, 0.8),
                    new Sort(0.0005, "zip", Kind.NOISE, 20e6, 0.4)),
            0.01,
            0.02);

    /** About 170 kB per file, as applications keep them in buckets: pictures, documents, a few films; no links. */
    static final FileTree MEDIA = new FileTree(
            List.of(
                    new Sort(0.31, "json", Kind.RECORDS, 8e3, 1.0),
                    new Sort(0.60, "jpg", Kind.NOISE, 110e3, 0.8),
                    new Sort(0.086, "csv", Kind.RECORDS, 250e3, 0.8),
                    new Sort(0.004, "mp4", Kind.NOISE, 14e6, 0.3)),
            0,
            0.01);

    private static final int FILES_PER_FOLDER = 40;
    private static final long FIRST_TIME = 1_700_000_000L;

    FileTree {
        sorts = List.copyOf(sorts);
    }

    /** Fills a folder until it holds {@code bytes}, and answers the number of files. */
    int fill(Path root, long bytes, long seed) {
        Content content = new Content(seed);
        List<Path> files = new ArrayList<>();
        try {
            long written = 0;
            while (written < bytes) {
                Ending.requireNone();
                Path folder = folder(root, files.size());
                Sort sort = sort(content.fraction());
                Path file = folder.resolve("%s-%06d.%s".formatted(content.word(), files.size(), sort.ending()));
                if (!files.isEmpty() && content.fraction() < copyShare) {
                    Files.copy(files.get(content.below(files.size())), file);
                } else {
                    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
                        content.write(sort.kind(), content.size(sort.median(), sort.sigma()), out);
                    }
                }
                Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(FIRST_TIME + files.size())));
                written += Files.size(file);
                files.add(file);
                if (content.fraction() < linkShare) {
                    Files.createSymbolicLink(
                            folder.resolve("link-%06d".formatted(files.size())),
                            folder.relativize(files.get(content.below(files.size()))));
                }
            }
            return files.size();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path folder(Path root, int file) throws IOException {
        int number = file / FILES_PER_FOLDER;
        return Files.createDirectories(
                root.resolve("year-%02d".formatted(number / 100)).resolve("case-%04d".formatted(number)));
    }

    private Sort sort(double fraction) {
        double sum = 0;
        for (Sort sort : sorts) {
            sum += sort.share();
            if (fraction < sum) {
                return sort;
            }
        }
        return sorts.getFirst();
    }
}
