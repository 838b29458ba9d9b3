package dev.holdfast.cli.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CleanPagesTest {
    private static List<String> mapping(String begin, int residentKb, int ownKb) {
        return List.of(
                begin,
                "Size:              49012 kB",
                "Rss:               " + residentKb + " kB",
                "Private_Clean:         0 kB",
                "Anonymous:             " + ownKb + " kB",
                "VmFlags: rd mr mw me");
    }

    private static List<CleanPages.Mapping> among(String begin, int residentKb, int ownKb) {
        return CleanPages.among(mapping(begin, residentKb, ownKb));
    }

    @Test
    void only_what_is_read_from_a_file_and_was_never_changed_is_let_go() {
        String cache = "8025f9000-8055d6000 r--p 025f9000 fe:00 101 /opt/holdfast/lib/holdfast.aot";
        assertThat(among(cache, 47_988, 0))
                .containsExactly(new CleanPages.Mapping(
                        0x8025f9000L, 0x2fdd000L, 47_988L << 10, "/opt/holdfast/lib/holdfast.aot"));
        assertThat(among(cache, 47_988, 4)).isEmpty();
        assertThat(among(cache, 1_000, 0)).isEmpty();
        assertThat(among("8025f9000-8055d6000 rw-p 025f9000 fe:00 101 /opt/holdfast.aot", 47_988, 0))
                .isEmpty();
        assertThat(among("8025f9000-8055d6000 r--s 025f9000 fe:00 101 /data/pack", 47_988, 0))
                .isEmpty();
        assertThat(among("f5550000-f76de000 r--p 00000000 00:00 0 ", 47_988, 0)).isEmpty();
        assertThat(among("f5550000-f76de000 r-xp 00000000 00:00 0 [vdso]", 47_988, 0))
                .isEmpty();
        assertThat(among("7f00-8f00 r-xp 00000000 fe:00 9 /usr/lib/a name with blanks.so", 2_048, 0))
                .hasSize(1);
    }

    @Test
    void a_process_goes_on_without_the_pages_it_let_go() throws IOException {
        long released = CleanPages.release();
        // the code of the Java machine alone is more, where the system is Linux
        assertThat(released).isGreaterThan(1 << 20);
        assertThat(CleanPages.release()).isNotNegative();
    }

    @Test
    void memory_is_given_back_soon_after_a_run_and_then_now_and_again() {
        assertThat(IntStream.range(0, 100).filter(IdleMemory::isDue)).containsExactly(0, 1, 3, 6, 30, 60, 90);
    }
}
