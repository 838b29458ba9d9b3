package dev.holdfast.it;

import dev.holdfast.demo.stand.Scratch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** A small folder with something of everything. */
final class Folder {
    /** Names are bytes: the shell makes those that Java cannot name in every locale. */
    private static final String AWKWARD = """
            set -e; cd "$1"
            mkdir -p 'with space/empty' links modes
            printf one >"$(printf 'new\\nline')"; printf two >"$(printf 'latin1-\\351')"; printf three >'-rf'
            printf four >"$(printf '\\346\\227\\245\\346\\234\\254 \\360\\237\\247\\265')"; printf five >'"quoted" $x \\back *?[a]'
            printf six >.hidden; : >empty
            ln -s ../-rf links/relative; ln -s /nowhere/at/all links/dangling; ln -s "$(printf 'bytes\\377')" links/bytes
            ln -s .. links/folder; printf linked >links/first; ln links/first links/second; mkfifo links/pipe
            for mode in 0400 0644 0755 4755 2750 1777 0000; do printf "$mode" >modes/$mode; chmod $mode modes/$mode; done
            chmod 0711 'with space'; chmod 2775 modes
            [ "$(id -u)" != 0 ] || chown 1234:4321 modes/0644
            truncate -s 3000000 holes; printf end >>holes
            touch -d '2001-02-03 04:05:06.123456789 UTC' modes/0644 'with space/empty'
            touch -h -d '2002-02-03 04:05:06.987654321 UTC' links/dangling
            """;

    private static final String LIST = """
            cd "$1" && find . -printf '%p\\t%y %#m %U:%G %T@ %s %n %l\\0'""";

    private static final String DIGESTS = """
            cd "$1" && find . -type f -exec sha256sum -z {} +""";

    private final Path root;

    Folder(Path root) {
        this.root = root;
    }

    Path root() {
        return root;
    }

    /** Creates it with a number of files of up to 40 kB, one of 3 MB, links, modes and awkward names. */
    void fill(int files) {
        try {
            Files.createDirectories(root);
            append(0, files);
            write("big.bin", 77, 3_000_000);
            Shell.run("sh", "-c", AWKWARD, "sh", root.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void append(int from, int to) {
        for (int i = from; i < to; i++) {
            write(file(i), i, (i * 6151) % 40_000);
        }
    }

    static String file(int number) {
        return "docs/%02d/file-%04d.txt".formatted(number % 13, number);
    }

    /** Writes a file of random bytes. */
    void write(String name, long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        try {
            Path file = root.resolve(name);
            Files.createDirectories(file.getParent());
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until a change of any file would show in its time. */
    void settle() {
        String newest =
                Shell.run("sh", "-c", "find \"$1\" -printf '%C@\\n' | sort -n | tail -n 1", "sh", root.toString());
        double changed = Double.parseDouble(newest.strip());
        Until.met("the folder is older than three seconds", () -> System.currentTimeMillis() / 1000.0 > changed + 3);
    }

    boolean exists() {
        return Files.exists(root, LinkOption.NOFOLLOW_LINKS);
    }

    void destroy() {
        Scratch.delete(root);
    }

    /** Type, mode, owner, time, size, links and digest of everything below, as the system's own tools tell it. */
    Map<String, String> fingerprint() {
        Map<String, String> found = new TreeMap<>();
        for (String line : shell(LIST)) {
            int tab = line.indexOf('\t');
            String what = line.substring(tab + 1);
            // the size of a folder is the file system's own affair
            found.put(line.substring(0, tab), what.startsWith("d") ? what.replaceFirst(" \\d+ \\d+ $", "") : what);
        }
        for (String line : shell(DIGESTS)) {
            found.put(line.substring(66) + " (content)", line.substring(0, 64));
        }
        return found;
    }

    private Iterable<String> shell(String script) {
        return Arrays.stream(
                        Shell.run("sh", "-c", script, "sh", root.toString()).split("\0"))
                .filter(line -> !line.isEmpty())
                .toList();
    }
}
