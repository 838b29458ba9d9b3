package dev.holdfast.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FileNameTest {
    @Test
    void a_plain_name_stays_as_it_is() {
        assertThat(FileName.disposition("shop 1.dump"))
                .isEqualTo("attachment; filename=\"shop 1.dump\"; filename*=UTF-8''shop%201.dump");
    }

    @Test
    void other_alphabets_go_into_the_second_name() {
        assertThat(FileName.disposition("größe.txt"))
                .isEqualTo("attachment; filename=\"gr__e.txt\"; filename*=UTF-8''gr%C3%B6%C3%9Fe.txt");
    }

    @Test
    void no_name_ends_the_header_names_a_folder_or_hides_the_file() {
        for (String name : List.of(
                "a\"; filename=evil.exe",
                "a\r\nSet-Cookie: x=y",
                "../../etc/passwd",
                "..\\..\\boot.ini",
                "/",
                "",
                "...",
                ".bashrc",
                "a\u202etxt.exe",
                "\ud800",
                "%2e%2e%2f",
                "x".repeat(10_000))) {
            String header = FileName.disposition(name);
            assertThat(header).matches("attachment; filename=\"[^\"\\\\/]{1,150}\"; filename\\*=UTF-8''[^\"/\\\\; ]+");
            assertThat(header.chars()).allMatch(c -> c >= ' ' && c < 0x7f);
            assertThat(header).doesNotContain("filename=\".");
        }
    }
}
