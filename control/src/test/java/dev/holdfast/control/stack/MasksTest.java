package dev.holdfast.control.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.control.config.Secret;
import org.junit.jupiter.api.Test;

class MasksTest {
    private static final String TEXT = """
            # é, and a 𝄞 that takes two characters
            stack: shop
            sources:
              a: {postgres: {url: "postgresql://shop:geheim1@db/shop", connections: 4}}
              b:
                bucket:
                  access-key: geheim2
                  secret-key: |
                    geheim3
                  secret-key-file: /run/secrets/key
                  bucket: media
              c: {postgres: {url: 'postgresql://db/x?password=geheim4', password: '${DB_PASSWORD}'}}
            repository:
              passphrase: geheim5 ${X}
            notify:
              - {slack: {url: https://hooks.example.org/geheim6}}
              - webhook:
                  url: https://example.org/
                  headers: {Authorization: Bearer geheim7}
            hooks:
              - {command: "systemctl restart shop", environment: {API: geheim8}}
            """;

    @Test
    void nothing_secret_is_left_and_nothing_else_is_changed() {
        String masked = Masks.masked(new Secret(TEXT));

        assertThat(masked)
                .doesNotContain("geheim")
                .contains(
                        "# é, and a 𝄞 that takes two characters\nstack: shop\n",
                        "connections: 4",
                        "secret-key-file: /run/secrets/key",
                        "bucket: media",
                        "password: '${DB_PASSWORD}'",
                        "systemctl restart shop");
        assertThat(masked.lines().count()).isEqualTo(TEXT.lines().count() - 1);
    }

    @Test
    void secrets_come_back_where_they_were() {
        String masked = Masks.masked(new Secret(TEXT)).replace("bucket: media", "bucket: pictures");

        String restored = Masks.restored(new Secret(masked), new Secret(TEXT)).text();

        for (int i = 1; i <= 8; i++) {
            assertThat(restored).contains("geheim" + i);
        }
        assertThat(restored).contains("bucket: pictures").doesNotContain("********");
        assertThat(Masks.masked(new Secret(restored)))
                .isEqualTo(Masks.masked(new Secret(TEXT)).replace("bucket: media", "bucket: pictures"));
    }

    @Test
    void a_mask_that_stands_for_nothing_is_refused() {
        assertThatThrownBy(() ->
                        Masks.restored(new Secret("repository: {passphrase: '********'}"), new Secret("stack: shop\n")))
                .hasMessageContaining("repository.passphrase");
    }

    @Test
    void secrets_of_a_list_do_not_go_to_another_entry() {
        Secret old = new Secret("notify: [{name: a, url: 'https://a/s1'}, {name: b, url: 'https://b/s2'}]\n");
        String swapped = "notify: [{name: b, url: '********'}, {name: a, url: '********'}]\n";

        assertThatThrownBy(() -> Masks.restored(new Secret(swapped), old)).hasMessageContaining("masked value");
    }
}
