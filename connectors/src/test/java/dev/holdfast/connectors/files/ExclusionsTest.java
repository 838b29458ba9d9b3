package dev.holdfast.connectors.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ExclusionsTest {
    @ParameterizedTest
    @CsvSource({
        "*.tmp,        a.tmp,          true",
        "*.tmp,        deep/in/a.tmp,  true",
        "*.tmp,        a.tmp.txt,      false",
        "cache,        cache,          true",
        "cache,        a/cache,        true",
        "cache,        cached,         false",
        "cache/,       cache,          false",
        "cache/,       cache/,         true",
        "/cache,       cache,          true",
        "/cache,       a/cache,        false",
        "a/b,          a/b,            true",
        "a/b,          x/a/b,          false",
        "a/*/c,        a/b/c,          true",
        "a/*/c,        a/b/b/c,        false",
        "a/**/c,       a/b/b/c,        true",
        "a/**/c,       a/c,            true",
        "**/c,         a/b/c,          true",
        "a/**,         a/b/c,          true",
        "a/**,         b/a,            false",
        "?.log,        a.log,          true",
        "?.log,        ä.log,          true",
        "?.log,        ab.log,         false",
        "[a-c].log,    b.log,          true",
        "[!a-c].log,   b.log,          false",
        "[!a-c].log,   d.log,          true",
        "'a\\*b',      a*b,            true",
        "'a\\*b',      axb,            false",
        "a.b,          axb,            false",
        "'# note',     '# note',       false"
    })
    void a_pattern_means_what_it_means_to_git(String pattern, String path, boolean excluded) {
        boolean directory = path.endsWith("/");
        byte[] raw = RawPath.withoutSlash(RawPath.of(path));

        assertThat(new Exclusions(List.of(pattern)).excludes(raw, directory)).isEqualTo(excluded);
    }

    @Test
    void the_last_pattern_that_matches_decides() {
        Exclusions exclusions = new Exclusions(List.of("*.log", "!keep.log", "old/keep.log"));

        assertThat(exclusions.excludes(RawPath.of("a.log"), false)).isTrue();
        assertThat(exclusions.excludes(RawPath.of("keep.log"), false)).isFalse();
        assertThat(exclusions.excludes(RawPath.of("old/keep.log"), false)).isTrue();
    }

    @Test
    void names_that_are_no_text_are_matched_byte_by_byte() {
        byte[] name = {(byte) 0xff, '.', 't', 'm', 'p'};

        assertThat(new Exclusions(List.of("*.tmp")).excludes(name, false)).isTrue();
        assertThat(new Exclusions(List.of("?.tmp")).excludes(name, false)).isTrue();
    }
}
