package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PeakMemoryTest {
    @Test
    void the_high_water_mark_is_read_in_bytes() {
        assertThat(PeakMemory.parse(Stream.of("VmPeak:\t  99 kB", "VmHWM:\t  182044 kB")))
                .hasValue(186_413_056);
        assertThat(PeakMemory.parse(Stream.of("VmPeak:\t  99 kB"))).isEmpty();
    }
}
