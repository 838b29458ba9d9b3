package dev.holdfast.connectors.dump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.connectors.dump.DumpReport.Packed;
import dev.holdfast.connectors.pgp.OpenPgpReader;
import dev.holdfast.connectors.postgres.DumpContents;
import dev.holdfast.connectors.postgres.DumpedTable;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.Unsupported;
import dev.holdfast.engine.error.WrongKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Backup files that people's own tools made, whole and damaged. */
class DumpReaderTest {
    private static final String GPG = "gpg --batch --yes --pinentry-mode loopback --passphrase '" + Dumps.PASSPHRASE
            + "' -c --s2k-count 65536 -o $OUT";
    private static final int CUTS = 12;
    private static final int FLIPS = 12;

    @TempDir
    static Path folder;

    private static Dumps dumps;

    @BeforeAll
    static void start() {
        dumps = new Dumps(folder);
    }

    @AfterAll
    static void stop() {
        dumps.close();
    }

    /** Each with what is said of it; those whose every byte is covered by a checksum are proven against flipped bits too. */
    static Stream<Arguments> files() {
        return Stream.of(
                Arguments.of("custom.dump", "pg_dump -Fc -f $OUT", DumpFormat.CUSTOM, List.of(), false),
                Arguments.of("plain-custom.dump", "pg_dump -Fc -Z0 | cat > $OUT", DumpFormat.CUSTOM, List.of(), false),
                Arguments.of("piped.dump", "pg_dump -Fc | cat > $OUT", DumpFormat.CUSTOM, List.of(), false),
                Arguments.of("shop.sql", "pg_dump -f $OUT", DumpFormat.SQL, List.of(), false),
                Arguments.of("inserts.sql", "pg_dump --inserts --create -f $OUT", DumpFormat.SQL, List.of(), false),
                Arguments.of("all.sql", "pg_dumpall -f $OUT", DumpFormat.CLUSTER_SQL, List.of(), false),
                Arguments.of("shop.tar", "pg_dump -Ft -f $OUT", DumpFormat.TAR, List.of(), false),
                Arguments.of(
                        "folder.tar", "rm -rf d; pg_dump -Fd -f d; tar -cf $OUT d", DumpFormat.TAR, List.of(), false),
                Arguments.of(
                        "folder.tar.gz",
                        "rm -rf d0; pg_dump -Fd -Z0 -f d0; tar -czf $OUT -C d0 .",
                        DumpFormat.TAR,
                        List.of(Layer.GZIP),
                        true),
                Arguments.of("shop.sql.gz", "pg_dump | gzip -n > $OUT", DumpFormat.SQL, List.of(Layer.GZIP), true),
                Arguments.of(
                        "two.sql.gz",
                        "pg_dump -f two.sql; (head -c 3000 two.sql | gzip -n; tail -c +3001 two.sql | gzip -n) > $OUT",
                        DumpFormat.SQL,
                        List.of(Layer.GZIP),
                        true),
                Arguments.of("shop.sql.zst", "pg_dump | zstd -q > $OUT", DumpFormat.SQL, List.of(Layer.ZSTD), true),
                Arguments.of("shop.dump.gpg", "pg_dump -Fc | " + GPG, DumpFormat.CUSTOM, List.of(Layer.OPENPGP), true),
                Arguments.of(
                        "shop.sql.zst.gpg",
                        "pg_dump | zstd -q | " + GPG + " --compress-algo none",
                        DumpFormat.SQL,
                        List.of(Layer.OPENPGP, Layer.ZSTD),
                        true),
                Arguments.of(
                        "shop.sql.gz.asc",
                        "pg_dump | gzip -n | " + GPG + " --armor",
                        DumpFormat.SQL,
                        List.of(Layer.OPENPGP, Layer.GZIP),
                        false),
                Arguments.of(
                        "files.zip",
                        "mkdir -p z/in; seq 1 9999 > z/a; head -c 4000 /dev/urandom > z/in/b; : > z/c; (cd z; zip -qr $OUT .)",
                        DumpFormat.ZIP,
                        List.of(),
                        false),
                Arguments.of(
                        "piped.zip",
                        "mkdir -p y; seq 1 9999 > y/a; seq 1 999 > y/b; (cd y; zip -qr - . | cat > $OUT)",
                        DumpFormat.ZIP,
                        List.of(),
                        false),
                Arguments.of(
                        "folder.zip",
                        "rm -rf d1; pg_dump -Fd -f d1; zip -qr $OUT d1",
                        DumpFormat.ZIP,
                        List.of(),
                        false),
                Arguments.of(
                        "names.tar",
                        "mkdir -p t; echo long > t/$(printf 'x%.0s' {1..200}); ln -sf a t/link; seq 1 5000 > t/big; tar -cf $OUT t",
                        DumpFormat.TAR,
                        List.of(),
                        false),
                Arguments.of(
                        "pax.tar",
                        "mkdir -p p; echo long > p/$(printf 'y%.0s' {1..200}); tar --format=pax -cf $OUT p",
                        DumpFormat.TAR,
                        List.of(),
                        false));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void is_whole(String name, String command, DumpFormat format, List<Layer> layers) {
        DumpReport report = read(dumps.made(name, command));

        assertThat(report.format()).isEqualTo(format);
        assertThat(report.layers()).isEqualTo(layers);
        assertThat(report.proven()).isNotEmpty();
        report.database().ifPresent(contents -> assertShop(name, contents));
        assertThat(report.database().isPresent())
                .isEqualTo(!List.of("files.zip", "piped.zip", "names.tar", "pax.tar")
                        .contains(name));
    }

    private static void assertShop(String name, DumpContents contents) {
        if (!name.startsWith("inserts")) {
            assertThat(contents.tables())
                    .contains(
                            new DumpedTable("public", "orders", 500),
                            new DumpedTable("Odd one", "a \"b\"", 300),
                            new DumpedTable("public", "empty", 0),
                            new DumpedTable("public", "bare", 2),
                            new DumpedTable("public", "parts_low", 50),
                            new DumpedTable("public", "parts_high", 50))
                    .hasSize(6);
            assertThat(contents.bytes()).isPositive();
        }
        assertThat(contents.roles()).contains("clerk");
        assertThat(contents.tool()).isNotEmpty();
        assertThat(contents.ofServer()).isEqualTo(name.startsWith("all") || name.startsWith("inserts"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void is_refused_wherever_it_is_cut(String name, String command) throws IOException {
        byte[] whole = Files.readAllBytes(dumps.made(name, command));
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        TreeSet<Integer> cuts = new TreeSet<>();
        while (cuts.size() < CUTS) {
            cuts.add(random.nextInt(whole.length));
        }
        cuts.add(whole.length - 1);
        cuts.add(1);

        for (int cut : cuts) {
            byte[] part = Arrays.copyOf(whole, cut);
            if (!onlyLacksPadding(name, whole, cut)) {
                assertThatExceptionOfType(HoldfastException.class)
                        .as("seed %d, %s cut at %d of %d", seed, name, cut, whole.length)
                        .isThrownBy(() -> read(part));
            }
        }
    }

    /** What is behind the end of a tar, or of SQL, holds nothing. */
    private static boolean onlyLacksPadding(String name, byte[] whole, int cut) {
        if (name.endsWith(".tar")) {
            int last = whole.length;
            while (whole[last - 1] == 0) {
                last--;
            }
            int end = (last + 511) / 512 * 512 + 1024;
            return cut >= end;
        }
        String rest = new String(whole, cut, whole.length - cut, StandardCharsets.ISO_8859_1);
        return (name.endsWith(".sql") || name.endsWith(".asc")) && !rest.contains("complete") && rest.length() < 200;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void is_refused_whichever_bit_was_flipped_below_a_checksum(
            String name, String command, DumpFormat format, List<Layer> layers, boolean covered) throws IOException {
        byte[] whole = Files.readAllBytes(dumps.made(name, command));
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        int skipped = layers.isEmpty() ? 0 : 12;
        int[] places = IntStream.range(skipped, whole.length)
                .filter(at -> !isInHeadOfGzip(whole, at))
                .toArray();
        for (int i = 0; covered && i < FLIPS; i++) {
            byte[] harmed = whole.clone();
            int at = places[random.nextInt(places.length)];
            harmed[at] ^= (byte) (1 << random.nextInt(8));
            assertThatExceptionOfType(HoldfastException.class)
                    .as("seed %d, %s changed at %d of %d", seed, name, at, whole.length)
                    .isThrownBy(() -> read(harmed));
        }
    }

    /** Its flags, time and system have no checksum, and mean nothing for what is in it. */
    private static boolean isInHeadOfGzip(byte[] bytes, int at) {
        return IntStream.rangeClosed(Math.max(0, at - 9), at - 3)
                .anyMatch(head ->
                        (bytes[head] & 0xff) == 0x1f && (bytes[head + 1] & 0xff) == 0x8b && bytes[head + 2] == 8);
    }

    @Test
    void a_bit_flipped_in_the_rows_of_a_compressed_archive_is_found() throws IOException {
        byte[] whole = Files.readAllBytes(dumps.made("flip.dump", "pg_dump -Fc -t orders -f $OUT"));
        byte[] harmed = whole.clone();
        harmed[whole.length - 600] ^= 16;

        assertThatExceptionOfType(Damaged.class).isThrownBy(() -> read(harmed)).withMessageContaining("orders");
    }

    @Test
    void a_bit_flipped_in_a_file_of_a_zip_is_found() throws IOException {
        byte[] whole = Files.readAllBytes(
                dumps.made("stored.zip", "mkdir -p s; head -c 9000 /dev/urandom > s/a; (cd s; zip -q0 $OUT a)"));
        byte[] harmed = whole.clone();
        harmed[5000] ^= 1;

        assertThatExceptionOfType(Damaged.class).isThrownBy(() -> read(harmed)).withMessageContaining("CRC-32");
    }

    @Test
    void the_reason_says_what_is_wrong() throws IOException {
        byte[] sealed = Files.readAllBytes(dumps.made("reason.gpg", "pg_dump -Fc | " + GPG));
        assertThatExceptionOfType(WrongKey.class)
                .isThrownBy(() -> read(sealed, Optional.of(OpenPgpReader.withPassphrase("another"))));
        assertThatExceptionOfType(Missing.class).isThrownBy(() -> read(sealed, Optional.empty()));
        assertThatExceptionOfType(Damaged.class)
                .isThrownBy(() -> read(new byte[0]))
                .withMessageContaining("empty");
        assertThatExceptionOfType(Damaged.class)
                .isThrownBy(() -> read(dumps.made("nothing.gz", ": | gzip > $OUT")))
                .withMessageContaining("holds nothing");
        assertThatExceptionOfType(Unsupported.class)
                .isThrownBy(() -> read("what I did last summer".getBytes(StandardCharsets.UTF_8)));
        assertThatExceptionOfType(Unsupported.class)
                .isThrownBy(() -> read(dumps.made("shop.sql.lz4", "pg_dump | lz4 -q > $OUT")))
                .withMessageContaining("lz4");
        assertThatExceptionOfType(Damaged.class)
                .isThrownBy(() -> read(dumps.made("more.gz", "(pg_dump | gzip; echo more) > $OUT")))
                .withMessageContaining("not gzip");
        assertThatExceptionOfType(Damaged.class)
                .isThrownBy(() -> read(dumps.made(
                        "lacking.tar",
                        "pg_dump -Ft -f l.tar; mkdir l; tar -xf l.tar -C l; rm $(ls l/[0-9]*.dat | head -n 1);"
                                + " tar -cf $OUT -C l .")))
                .withMessageContaining("lacks");
        assertThatExceptionOfType(Damaged.class)
                .isThrownBy(() -> read(dumps.made(
                        "lacking-object.tar",
                        "pg_dump -Ft -f o.tar; mkdir o; tar -xf o.tar -C o;"
                                + " rm $(ls o/blob_* | head -n 1); tar -cf $OUT -C o .")))
                .withMessageContaining("large objects");
    }

    @Test
    void a_packed_folder_is_told_from_the_tar_of_pg_dump() {
        DumpReport tar = read(dumps.made("told.tar", "pg_dump -Ft -f $OUT"));
        assertThat(tar.packed()).isEqualTo(Packed.TAR_DUMP);
        DumpReport folder =
                read(dumps.made("told-folder.tar", "mkdir -p in; rm -rf in/d; pg_dump -Fd -f in/d; tar -cf $OUT in"));
        assertThat(folder.packed()).isEqualTo(Packed.FOLDER_DUMP);
        assertThat(folder.folder()).isEqualTo("in/d/");
        DumpReport first = read(dumps.made(
                "told-first.tar",
                "rm -rf f; pg_dump -Fd -Z0 -f f; cd f; tar -cf $OUT toc.dat $(ls | grep -v toc.dat)"));
        assertThat(first.packed()).isEqualTo(Packed.FOLDER_DUMP);
    }

    @Test
    void several_dumps_in_one_tar_are_each_proven_and_none_is_taken_for_all() {
        String two = "rm -rf m; mkdir m; pg_dump -Fd -f m/a; pg_dump -Fd -t orders -f m/b; ";
        DumpReport report = read(dumps.made("several.tar", two + "tar -cf $OUT m"));
        assertThat(report.database()).isEmpty();
        assertThat(report.packed()).isEqualTo(Packed.SEVERAL);
        assertThat(report.proven()).anyMatch(what -> what.contains("2 dumps"));

        assertThatExceptionOfType(Damaged.class)
                .isThrownBy(() -> read(dumps.made("several-lacking.tar", two + "rm m/b/[0-9]*.dat.gz; tar -cf $OUT m")))
                .withMessageContaining("lacks");
    }

    @Test
    void files_that_only_have_names_as_those_of_a_dump_are_no_dump() {
        DumpReport report = read(dumps.made(
                "namesakes.tar",
                "mkdir -p n/o; echo x > n/toc.dat; echo y > n/o/1.dat.gz; echo z > n/o/2.dat.lz4;"
                        + " head -c 90000 /dev/zero | tr '\\0' q > n/o/blobs.toc; tar -cf $OUT n"));
        assertThat(report.database()).isEmpty();
        assertThatExceptionOfType(Damaged.class)
                .isThrownBy(() -> read(dumps.made(
                        "no-contents.tar", "rm -rf c; pg_dump -Fd -f c; echo x > c/toc.dat; tar -cf $OUT c")))
                .withMessageContaining("table of contents");
    }

    @Test
    void a_failure_to_read_is_no_damage() {
        InputStream broken = new InputStream() {
            private boolean begun;

            @Override
            public int read() throws IOException {
                throw new IOException("the disk is gone");
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                if (begun) {
                    return read();
                }
                begun = true;
                bytes[offset] = 0x1f;
                bytes[offset + 1] = (byte) 0x8b;
                bytes[offset + 2] = 8;
                return 3;
            }
        };
        assertThatExceptionOfType(HoldfastException.class)
                .isThrownBy(() -> DumpReader.read(DumpFile.open(broken, "broken", Optional.empty())))
                .withMessageContaining("the disk is gone")
                .isNotInstanceOf(Damaged.class);
    }

    private static DumpReport read(Path file) {
        try {
            return read(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static DumpReport read(byte[] bytes) {
        return read(bytes, Optional.of(OpenPgpReader.withPassphrase(Dumps.PASSPHRASE)));
    }

    private static DumpReport read(byte[] bytes, Optional<OpenPgpReader> decryption) {
        try (DumpFile file = DumpFile.open(new ByteArrayInputStream(bytes), "file", decryption)) {
            return DumpReader.read(file);
        }
    }
}
