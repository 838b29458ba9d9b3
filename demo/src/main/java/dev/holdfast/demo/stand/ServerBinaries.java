package dev.holdfast.demo.stand;

import java.io.BufferedInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * The programs of one PostgreSQL server: the folder that holds {@code postgres} and {@code initdb}, and their major version.
 *
 * @param bin the folder with the programs
 * @param major the major version, 10 or later
 */
public record ServerBinaries(Path bin, int major) {
    private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) (\\d+)");
    /** The major version of the embedded server. */
    public static final int EMBEDDED_MAJOR = 18;

    private static final String EMBEDDED = "postgres-linux-x86_64.txz";

    /** The newest server installed on this machine: the packages' folders first, then the path. */
    public static Optional<ServerBinaries> onThisMachine() {
        return installed().stream().max(Comparator.comparingInt(ServerBinaries::major));
    }

    /** A server of the given major version installed on this machine. */
    public static Optional<ServerBinaries> onThisMachine(int major) {
        return installed().stream().filter(found -> found.major == major).findFirst();
    }

    /** The server whose programs are in {@code bin}. */
    public static ServerBinaries in(Path bin) {
        return look(bin)
                .orElseThrow(() -> new StandFailure(
                        "'%s' holds no PostgreSQL server: expected the programs 'postgres' and 'initdb'"
                                .formatted(bin)));
    }

    /** True when the server that comes with the library can run here. */
    public static boolean hasEmbedded() {
        return System.getProperty("os.name").equals("Linux")
                && System.getProperty("os.arch").equals("amd64")
                && ServerBinaries.class.getClassLoader().getResource(EMBEDDED) != null;
    }

    /**
     * Unpacks the server that comes with the library (server, initdb, pg_ctl; no pg_dump) into {@code folder}, unless it is
     * there already.
     */
    public static ServerBinaries embedded(Path folder) {
        Path bin = folder.resolve("bin");
        if (!Files.exists(bin.resolve("postgres"))) {
            unpack(folder);
        }
        return in(bin);
    }

    /**
     * Unpacks a server of another major version, as {@link #embedded(Path)} does, from the library's jar of that version.
     *
     * @param jar the library, which cannot be on the class path beside the other
     */
    public static ServerBinaries embedded(Path jar, Path folder) {
        try (FileSystem library = FileSystems.newFileSystem(jar);
                InputStream packed = Files.newInputStream(library.getPath(EMBEDDED))) {
            Files.createDirectories(folder);
            unpack(new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(packed))), folder);
            return in(folder.resolve("bin"));
        } catch (IOException e) {
            throw new StandFailure("cannot unpack the PostgreSQL in '%s' into '%s': %s".formatted(jar, folder, e), e);
        }
    }

    /** This machine's newest server, else the embedded one, unpacked into {@code embeddedFolder}. */
    static ServerBinaries any(Path embeddedFolder) {
        return onThisMachine().orElseGet(() -> {
            if (!hasEmbedded()) {
                throw new StandFailure(
                        "no PostgreSQL server on this machine, and none embedded for %s %s: run 'apt-get install postgresql'"
                                .formatted(System.getProperty("os.name"), System.getProperty("os.arch")));
            }
            return embedded(embeddedFolder);
        });
    }

    Path program(String name) {
        return bin.resolve(name);
    }

    private static List<ServerBinaries> installed() {
        List<Path> folders = new ArrayList<>();
        folders.addAll(children(Path.of("/usr/lib/postgresql"), "*"));
        folders.addAll(children(Path.of("/usr"), "pgsql-*"));
        folders.addAll(children(Path.of("/opt/homebrew/opt"), "postgresql*"));
        List<ServerBinaries> found = new ArrayList<>();
        for (Path folder : folders) {
            look(folder.resolve("bin")).ifPresent(found::add);
        }
        for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
            if (!folder.isEmpty()) {
                look(Path.of(folder)).ifPresent(found::add);
            }
        }
        return found;
    }

    private static List<Path> children(Path folder, String glob) {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> children = Files.newDirectoryStream(folder, glob)) {
                children.forEach(found::add);
            } catch (IOException e) {
                throw new StandFailure("cannot list '%s': %s".formatted(folder, e), e);
            }
        }
        return found;
    }

    private static Optional<ServerBinaries> look(Path bin) {
        Path postgres = bin.resolve("postgres");
        if (!Files.isExecutable(postgres) || !Files.isExecutable(bin.resolve("initdb"))) {
            return Optional.empty();
        }
        return majorOf(postgres).map(major -> new ServerBinaries(bin.toAbsolutePath(), major));
    }

    private static Optional<Integer> majorOf(Path postgres) {
        try {
            Process process = new ProcessBuilder(postgres.toString(), "--version")
                    .redirectErrorStream(true)
                    .start();
            String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            Matcher version = VERSION.matcher(answer);
            return process.waitFor() == 0 && version.find()
                    ? Optional.of(Integer.valueOf(version.group(1)))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StandFailure("interrupted while asking '%s' for its version".formatted(postgres), e);
        }
    }

    private static void unpack(Path folder) {
        try (InputStream packed = ServerBinaries.class.getClassLoader().getResourceAsStream(EMBEDDED)) {
            if (packed == null) {
                throw new StandFailure("the embedded PostgreSQL ('%s') is not on the class path".formatted(EMBEDDED));
            }
            Files.createDirectories(folder);
            unpack(new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(packed))), folder);
        } catch (IOException e) {
            throw new StandFailure("cannot unpack the embedded PostgreSQL into '%s': %s".formatted(folder, e), e);
        }
    }

    private static void unpack(TarArchiveInputStream tar, Path folder) throws IOException {
        TarArchiveEntry entry;
        while ((entry = tar.getNextEntry()) != null) {
            Path path = folder.resolve(entry.getName()).normalize();
            if (!path.startsWith(folder)) {
                throw new StandFailure("the embedded PostgreSQL names a file outside its folder: " + entry.getName());
            }
            if (entry.isDirectory()) {
                Files.createDirectories(path);
                continue;
            }
            Files.createDirectories(path.getParent());
            if (entry.isSymbolicLink()) {
                Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
            } else {
                Files.copy(tar, path);
                boolean program = (entry.getMode() & 0100) != 0;
                Files.setPosixFilePermissions(
                        path, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
            }
        }
    }
}
