package dev.holdfast.demo.shop;

import dev.holdfast.demo.stand.Scratch;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The shop's folder of uploads: files as people and programs leave them, links, modes and awkward names among them. */
public final class ShopDirectory {
    private static final int HARD_LINKED = 20;

    /**
     * What Java cannot name in every locale is made by the shell. Names are bytes: one is not UTF-8, two differ in their
     * normal form alone, one holds a newline.
     */
    private static final String AWKWARD = """
            set -e
            mkdir -p awkward && cd awkward
            write() { printf 'content of %s\\n' "$1" >"$2"; touch -d '2024-02-29 12:34:56.123456789 UTC' -- "$2"; }
            write newline "$(printf 'two\\nlines.txt')"
            write spaces ' leading and trailing '
            write dash '-rf'
            write quotes "it's \\"quoted\\" \\`here\\`.txt"
            write dollar '$HOME ${x} \\back\\slash * ? [a].txt'
            write latin1 "$(printf 'caf\\351-latin1.txt')"
            write broken "$(printf 'broken-\\377\\376.txt')"
            write nfc "$(printf 'nfc-\\303\\251.txt')"
            write nfd "$(printf 'nfd-e\\314\\201.txt')"
            write unicode "$(printf '\\346\\227\\245\\346\\234\\254\\350\\252\\236 \\360\\237\\247\\265.txt')"
            write control "$(printf 'tab\\tbell\\007.txt')"
            write hidden '.hidden'
            write dots '...'
            write case 'README' ; write case 'readme'
            write tilde 'backup~'
            long=$(printf 'n%.0s' 1 2 3 4 5 6 7 8 9 10); long=$long$long$long$long$long; write long "$long$long$long$long$long"
            : >empty
            ln -s "$(printf 'two\\nlines.txt')" link-to-newline
            ln -s "$(printf 'broken-\\377\\376.txt')" "$(printf 'link-\\377')"
            mkdir -p "$(printf 'folder \\377')/inner" && write inner "$(printf 'folder \\377')/inner/file"
            """;

    private final Path root;
    private final ShopSize size;

    public ShopDirectory(Path root, ShopSize size) {
        this.root = root;
        this.size = size;
    }

    public Path root() {
        return root;
    }

    /** Creates and fills the folder. */
    public void fill() {
        try {
            Files.createDirectories(root);
            for (int i = 0; i < size.files(); i++) {
                write(name(i), i, bytes(i));
            }
            links();
            modes();
            shell(AWKWARD);
            // last, because every file made in a folder moves the folder's time
            touchFolders();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot fill '%s'".formatted(root), e);
        }
    }

    /** Rewrites 8 files, adds 4 and deletes 3; answers how many that are. */
    public long change() {
        try {
            for (int i = 0; i < 8; i++) {
                write(name(i * 11), 5_000_000 + i, 3000 + i);
            }
            for (int i = 0; i < 4; i++) {
                write("new/%d.pdf".formatted(i), 6_000_000 + i, 9000);
            }
            for (int i = 0; i < 3; i++) {
                Files.delete(root.resolve(name(i * 11 + 5)));
            }
            return 15;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot change '%s'".formatted(root), e);
        }
    }

    public void destroy() {
        Scratch.delete(root);
    }

    public boolean exists() {
        return Files.exists(root, LinkOption.NOFOLLOW_LINKS);
    }

    /** Type, mode, owner, time and digest or target of everything in the folder, and which names share one file. */
    public Inventory inventory() {
        TreeMap<String, String> entries = new TreeMap<>();
        Map<Long, String> linked = new HashMap<>();
        long[] sums = new long[2];
        look(root, entries, linked, sums);
        return new Inventory(entries, new Holding(sums[0], sums[1]));
    }

    /** Adds up the files, and looks no further. */
    public Holding holding() {
        long[] sums = new long[2];
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : (Iterable<Path>) all::iterator) {
                if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                    sums[0]++;
                    sums[1] += Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) ? Files.size(path) : 0;
                }
            }
            return new Holding(sums[0], sums[1]);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read '%s'".formatted(root), e);
        }
    }

    private void look(Path folder, Map<String, String> entries, Map<Long, String> linked, long[] sums) {
        try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
            List<Path> sorted = new ArrayList<>();
            children.forEach(sorted::add);
            sorted.sort(null);
            for (Path child : sorted) {
                Facts facts = Facts.of(child);
                entries.put("file " + lossless(root, child), fingerprint(child, facts, linked));
                if (facts.isFolder) {
                    look(child, entries, linked, sums);
                } else {
                    sums[0]++;
                    sums[1] += facts.isLink ? 0 : facts.bytes;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read '%s'".formatted(folder), e);
        }
    }

    private String fingerprint(Path path, Facts facts, Map<Long, String> linked) throws IOException {
        if (facts.isLink) {
            // the time of a link itself is not kept everywhere, and its mode means nothing
            Path target = Path.of("/").resolve(Files.readSymbolicLink(path));
            return "link to %s, %s".formatted(lossless(Path.of("/"), target), facts.owner);
        }
        String common = "mode %o, %s, time %s".formatted(facts.mode & 07777, facts.owner, facts.modified);
        if (facts.isFolder) {
            return "folder, " + common;
        }
        String content = "%d bytes, sha256 %s, %s".formatted(facts.bytes, digest(path), common);
        if (facts.names < 2) {
            return content;
        }
        String first = linked.putIfAbsent(facts.inode, lossless(root, path));
        return content + (first == null ? ", linked" : ", the same file as " + first);
    }

    /** What the file system says of one name, without following it. */
    private record Facts(
            boolean isFolder,
            boolean isLink,
            long bytes,
            int mode,
            String owner,
            Instant modified,
            int names,
            long inode) {
        static Facts of(Path path) throws IOException {
            Map<String, Object> all = Files.readAttributes(path, "unix:*", LinkOption.NOFOLLOW_LINKS);
            return new Facts(
                    fact(all, "isDirectory", Boolean.class),
                    fact(all, "isSymbolicLink", Boolean.class),
                    fact(all, "size", Long.class),
                    fact(all, "mode", Integer.class),
                    "owner %d:%d".formatted(fact(all, "uid", Integer.class), fact(all, "gid", Integer.class)),
                    fact(all, "lastModifiedTime", FileTime.class).toInstant(),
                    fact(all, "nlink", Integer.class),
                    fact(all, "ino", Long.class));
        }

        private static <T> T fact(Map<String, Object> all, String name, Class<T> type) {
            return Objects.requireNonNull(type.cast(all.get(name)), name);
        }
    }

    private static String digest(Path file) throws IOException {
        try (InputStream content = Files.newInputStream(file)) {
            return Content.sha256(content);
        }
    }

    /** The bytes of a name that may not be text in any encoding, as an URI writes them. */
    private static String lossless(Path from, Path path) {
        String prefix = from.toUri().getRawPath();
        String whole = path.toUri().getRawPath();
        String name = whole.startsWith(prefix) ? whole.substring(prefix.length()) : whole;
        return name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
    }

    private static String name(int number) {
        return switch (number % 5) {
            case 0 -> "invoices/2025/%02d/invoice %06d.pdf".formatted(number % 12 + 1, number);
            case 1 -> "photos/%02d/DSC_%05d.JPG".formatted(number % 40, number);
            case 2 -> "mail/cur/%d.M%d.host,S=%d:2,S".formatted(1735689600 + number, number, number % 9000);
            case 3 -> "reports/%d/weekly.csv".formatted(number);
            default -> "var/a/b/c/d/e/%d.log".formatted(number);
        };
    }

    private static int bytes(int number) {
        if (number % 97 == 0) {
            return 0;
        }
        return number % 500 == 250 ? 8 << 20 : 200 + Content.pick(number, 3, 20_000);
    }

    private void write(String name, int number, int bytes) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, number % 5 > 1 ? Content.words(number, bytes) : Content.noise(number, bytes));
        Files.setLastModifiedTime(file, FileTime.from(time(number)));
    }

    private static Instant time(int number) {
        return Instant.parse("2025-01-01T00:00:00.987654321Z").plusSeconds(number * 61L);
    }

    private void links() throws IOException {
        Path folder = Files.createDirectories(root.resolve("links"));
        for (int i = 0; i < HARD_LINKED; i++) {
            Files.createLink(folder.resolve("hard-%d".formatted(i)), root.resolve(name(i * 7 + 1)));
        }
        for (int i = 0; i < 20; i++) {
            Files.createSymbolicLink(
                    folder.resolve("soft-%d".formatted(i)), Path.of("..").resolve(name(i * 3)));
        }
        Files.createSymbolicLink(folder.resolve("to-folder"), Path.of("../invoices"));
        Files.createSymbolicLink(folder.resolve("to-nowhere"), Path.of("no/such/file"));
        Files.createSymbolicLink(folder.resolve("to-itself"), Path.of("to-itself"));
        Files.createSymbolicLink(folder.resolve("absolute"), Path.of("/etc/hostname"));
        Files.createDirectories(root.resolve("empty/folder/inside"));
    }

    private void modes() throws IOException {
        Path folder = Files.createDirectories(root.resolve("modes"));
        for (String mode : List.of("rwxr-xr-x", "rw-------", "r--r--r--", "rwxrwxrwx", "---------", "-wx--x--x")) {
            Path file = folder.resolve("mode " + mode);
            Files.writeString(file, mode, StandardCharsets.UTF_8);
            // an ordinary user could not read it back, neither here nor in a backup
            boolean readable = mode.startsWith("r") || "root".equals(System.getProperty("user.name"));
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(readable ? mode : "r--------"));
        }
        Path secret = Files.createDirectories(root.resolve("modes/private folder"));
        Files.writeString(secret.resolve("key"), "secret", StandardCharsets.UTF_8);
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rwx------"));
        if ("root".equals(System.getProperty("user.name"))) {
            Files.setAttribute(folder.resolve("mode rwxr-xr-x"), "unix:uid", 65534);
            Files.setAttribute(folder.resolve("mode rw-------"), "unix:gid", 65534);
            Files.setAttribute(folder.resolve("mode rwxrwxrwx"), "unix:mode", 06755);
        }
    }

    private void touchFolders() throws IOException {
        List<Path> folders;
        try (Stream<Path> all = Files.walk(root)) {
            folders = all.filter(path -> Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
                    .toList();
        }
        int number = 0;
        for (Path folder : folders) {
            Files.setLastModifiedTime(folder, FileTime.from(time(number++)));
        }
    }

    private void shell(String script) throws IOException {
        Process shell = new ProcessBuilder("/bin/sh")
                .directory(root.toFile())
                .redirectErrorStream(true)
                .start();
        shell.getOutputStream().write(script.getBytes(StandardCharsets.UTF_8));
        shell.getOutputStream().close();
        String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (shell.waitFor() != 0) {
                throw new IOException("the shell could not make awkward names: " + said.strip());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
