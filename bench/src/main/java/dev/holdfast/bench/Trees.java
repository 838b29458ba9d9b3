package dev.holdfast.bench;

import dev.holdfast.demo.stand.Scratch;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Whole folders: their size, their end, their equality. */
final class Trees {
    private Trees() {}

    /** The bytes of all files; 0 for an absent folder. */
    static long bytes(Path root) {
        if (!Files.exists(root)) {
            return 0;
        }
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
                    .mapToLong(path -> path.toFile().length())
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Nothing is left of {@code root}; it may have been absent. */
    static void delete(Path root) {
        Scratch.delete(root);
    }

    static Path create(Path folder) {
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An absent or empty folder. */
    static Path fresh(Path folder) {
        delete(folder);
        return create(folder);
    }

    static void copy(Path from, Path to) {
        delete(to);
        Shell.run(Command.of(Path.of("/"), Map.of(), "cp", "-a", from.toString(), to.toString()));
    }

    /** Fails unless both folders hold the same names, kinds, modes, times to the second, link targets and contents. */
    static void requireEqual(Path expected, Path actual) {
        SortedMap<String, String> wanted = fingerprints(expected);
        SortedMap<String, String> found = fingerprints(actual);
        if (wanted.isEmpty()) {
            throw new BenchFailure("'" + expected + "' is empty: nothing was compared");
        }
        for (Map.Entry<String, String> entry : wanted.entrySet()) {
            String other = found.getOrDefault(entry.getKey(), "absent");
            if (!other.equals(entry.getValue())) {
                throw new BenchFailure("'%s' differs in '%s': expected %s, found %s"
                        .formatted(entry.getKey(), actual, entry.getValue(), other));
            }
        }
        if (found.size() != wanted.size()) {
            throw new BenchFailure("'%s' holds %d entries, expected %d".formatted(actual, found.size(), wanted.size()));
        }
    }

    private static SortedMap<String, String> fingerprints(Path root) {
        SortedMap<String, String> all = new TreeMap<>();
        try (Stream<Path> walk = Files.walk(root)) {
            for (Path path : (Iterable<Path>) walk::iterator) {
                if (!path.equals(root)) {
                    all.put(root.relativize(path).toString(), fingerprint(path));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }

    private static String fingerprint(Path path) throws IOException {
        if (Files.isSymbolicLink(path)) {
            return "link to " + Files.readSymbolicLink(path);
        }
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        String common = Files.getPosixFilePermissions(path).stream().sorted().toList() + " "
                + attributes.lastModifiedTime().toInstant().getEpochSecond();
        return attributes.isDirectory() ? "folder " + common : "file " + common + " " + digest(path);
    }

    private static String digest(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                sha.update(buffer, 0, read);
            }
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new BenchFailure("this JDK has no SHA-256", e);
        }
    }
}
