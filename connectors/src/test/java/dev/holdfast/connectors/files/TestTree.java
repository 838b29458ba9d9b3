package dev.holdfast.connectors.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Makes files with whatever name and property, as the system allows. */
public final class TestTree {
    final Posix posix = Posix.open();
    private final Path folder;
    private final byte[] root;

    public TestTree(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        root = RawPath.of(folder);
    }

    public Path path() {
        return folder;
    }

    byte[] raw(byte[] name) {
        return RawPath.join(root, name);
    }

    byte[] raw(String name) {
        return raw(RawPath.of(name));
    }

    public void file(String name, String content) throws IOException {
        file(RawPath.of(name), content.getBytes(StandardCharsets.UTF_8));
    }

    public void file(byte[] name, byte[] content) throws IOException {
        int file = posix.create(raw(name));
        posix.write(file, content, 0, content.length, 0, name);
        posix.close(file);
    }

    public void folder(String name) throws IOException {
        posix.makeFolder(raw(name), 0x1ed);
    }

    public void link(String name, String target) throws IOException {
        posix.symbolicLink(RawPath.of(target), raw(name));
    }

    void append(String name, String content) throws IOException {
        Files.writeString(folder.resolve(name), content, StandardOpenOption.APPEND);
    }

    /** One of everything. */
    public void fillWithEverything() throws IOException {
        file("plain.txt", "hello");
        file("empty", "");
        file(RawPath.of("large.bin"), random(5_300_000, 1));
        folder("folder");
        file("folder/inside", "inside");
        folder("folder/empty");
        file("folder.txt", "sorts between the folder and what is in it");
        file("folder0", "sorts after what is in the folder");
        awkwardNames();
        link("link", "plain.txt");
        link("link-up", "../../etc/passwd");
        link("link-dangling", "no/such//file/");
        link("link-folder", "folder/");
        posix.symbolicLink(new byte[] {'x', (byte) 0xff, '/', '/', (byte) 0xc3}, raw("link-raw"));
        posix.hardLink(raw("plain.txt"), raw("hard"));
        posix.hardLink(raw("plain.txt"), raw("folder/hard too"));
        posix.hardLink(raw("link"), raw("zz hard link of a link"));
        posix.makeSpecial(raw("pipe"), 0x1180, 0);
        posix.makeSpecial(raw("socket"), 0xc180, 0);
        for (int mode : new int[] {0, 0x100, 0x1ff, 0x9ed, 0x5ed, 0x1a4}) {
            file("mode-" + Integer.toOctalString(mode), "mode");
            posix.changeMode(raw("mode-" + Integer.toOctalString(mode)), mode);
        }
        folder("sticky");
        posix.changeMode(raw("sticky"), 0x3ff);
        file("old", "1969");
        posix.changeTime(raw("old"), Instant.ofEpochSecond(-1_000_000_000L, 123_456_789));
        posix.changeTime(raw("link"), Instant.ofEpochSecond(1_000_000_001L, 987_654_321));
        file("attributes", "x");
        posix.setAttribute(raw("attributes"), "user.one", new byte[] {0, 1, (byte) 0xff});
        posix.setAttribute(raw("attributes"), "user.empty", new byte[0]);
        posix.setAttribute(raw("folder"), "user.of-folder", RawPath.of("value"));
        folder("read-only");
        file("read-only/inside", "inside");
        posix.changeMode(raw("read-only"), 0x16d);
        posix.changeTime(raw("folder"), Instant.ofEpochSecond(1_234_567_890L, 1));
    }

    /** What only root can make. */
    public void fillWithPrivileged() throws IOException {
        posix.makeSpecial(raw("device"), 0x2180, 1L << 32 | 3);
        posix.makeSpecial(raw("block"), 0x6180, 259L << 32 | 70_000);
        file("somebody's", "x");
        posix.changeOwner(raw("somebody's"), 12_345, 54_321);
        file("nobody's", "x");
        posix.changeOwner(raw("nobody's"), 65_534, 65_534);
        posix.changeMode(raw("nobody's"), 0x9ed);
        link("somebody's link", "x");
        posix.changeOwner(raw("somebody's link"), 12_345, 54_321);
        file("acl", "x");
        posix.setAttribute(raw("acl"), "system.posix_acl_access", acl());
        folder("acl-folder");
        posix.setAttribute(raw("acl-folder"), "system.posix_acl_default", acl());
    }

    /** u::rw-, u:12345:r--, g::r--, m::r--, o::--- */
    private static byte[] acl() {
        ByteBuffer acl = ByteBuffer.allocate(4 + 5 * 8).order(ByteOrder.LITTLE_ENDIAN);
        acl.putInt(2);
        int[][] lines = {{1, 6, -1}, {2, 4, 12_345}, {4, 4, -1}, {0x10, 4, -1}, {0x20, 0, -1}};
        for (int[] line : lines) {
            acl.putShort((short) line[0]).putShort((short) line[1]).putInt(line[2]);
        }
        return acl.array();
    }

    void awkwardNames() throws IOException {
        for (byte[] name : awkward()) {
            file(name, name);
        }
        byte[] folder = {'d', (byte) 0xfe, '\n'};
        posix.makeFolder(raw(folder), 0x1ed);
        file(RawPath.join(folder, new byte[] {(byte) 0x80}), new byte[] {1});
    }

    static List<byte[]> awkward() {
        List<byte[]> names = new ArrayList<>();
        for (String name : List.of(
                "with space",
                "-dash",
                "new\nline",
                "quote'\"",
                "back\\slash",
                "caf\u00e9",
                "cafe\u0301",
                "\ud83d\ude00",
                "...",
                ".hidden",
                "%41",
                "tab\t\u0001",
                "x".repeat(255),
                "\u00e4".repeat(127))) {
            names.add(RawPath.of(name));
        }
        names.add(new byte[] {(byte) 0xff, (byte) 0xfe});
        names.add(new byte[] {'l', 'a', 't', 'i', 'n', (byte) 0xe4});
        names.add(new byte[] {(byte) 0xc3});
        names.add(new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80});
        return names;
    }

    /** A tree that a seed decides. */
    public void fillAtRandom(long seed) throws IOException {
        Random random = new Random(seed);
        List<byte[]> folders = new ArrayList<>(List.of(new byte[0]));
        List<byte[]> files = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            byte[] parent = folders.get(random.nextInt(folders.size()));
            byte[] path = RawPath.join(parent, randomName(random));
            if (parent.length == 0) {
                path = Arrays.copyOfRange(path, path[0] == '/' ? 1 : 0, path.length);
            }
            try {
                switch (random.nextInt(10)) {
                    case 0, 1 -> {
                        posix.makeFolder(raw(path), 0x1ed);
                        folders.add(path);
                    }
                    case 2 -> posix.symbolicLink(randomName(random), raw(path));
                    case 3 -> {
                        if (!files.isEmpty()) {
                            posix.hardLink(raw(files.get(random.nextInt(files.size()))), raw(path));
                        }
                    }
                    default -> {
                        file(path, random(random.nextInt(1 << random.nextInt(1, 18)), random.nextLong()));
                        posix.changeMode(raw(path), random.nextInt(0x1000));
                        posix.changeTime(
                                raw(path),
                                Instant.ofEpochSecond(
                                        random.nextLong(-1L << 31, 1L << 33), random.nextInt(1_000_000_000)));
                        files.add(path);
                    }
                }
            } catch (PosixException e) {
                if (!e.is(PosixException.EEXIST)) {
                    throw e;
                }
            }
        }
    }

    private static byte[] randomName(Random random) {
        byte[] name = new byte[random.nextInt(1, random.nextBoolean() ? 3 : 30)];
        random.nextBytes(name);
        for (int i = 0; i < name.length; i++) {
            if (name[i] == 0 || name[i] == '/') {
                name[i] = '_';
            }
        }
        if (name.length <= 2 && name[0] == '.') {
            name[0] = '-';
        }
        return name;
    }

    public static byte[] random(int bytes, long seed) {
        byte[] content = new byte[bytes];
        new Random(seed).nextBytes(content);
        return content;
    }
}
