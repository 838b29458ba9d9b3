package dev.holdfast.connectors.postgres.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.cert.X509Certificate;
import org.junit.jupiter.api.Test;

class HostNamesTest {
    private static final Authority AUTHORITY = new Authority("root");

    private static X509Certificate certificate(String subject, String... alternatives) {
        return AUTHORITY.issue(subject, alternatives).certificate();
    }

    private static boolean match(X509Certificate certificate, String host) throws Exception {
        return HostNames.match(certificate, host);
    }

    @Test
    void names_are_compared_without_case_and_with_stars_for_a_whole_first_label() {
        assertThat(HostNames.matches("db.example.com", "DB.Example.com")).isTrue();
        assertThat(HostNames.matches("*.example.com", "db.example.com")).isTrue();
        assertThat(HostNames.matches("my_db", "my_db")).isTrue();
        assertThat(HostNames.matches("*.example.com", "a.db.example.com")).isFalse();
        assertThat(HostNames.matches("*.example.com", "example.com")).isFalse();
        assertThat(HostNames.matches("*.example.com", ".example.com")).isFalse();
        assertThat(HostNames.matches("d*.example.com", "db.example.com")).isFalse();
        assertThat(HostNames.matches("*", "db")).isFalse();
        assertThat(HostNames.matches("*.", "db.")).isFalse();
        assertThat(HostNames.matches("", "")).isFalse();
    }

    @Test
    void alternative_names_of_the_kind_asked_for_come_before_the_common_name() throws Exception {
        X509Certificate named = certificate("CN=old.example.com", "DNS:db.example.com", "DNS:*.db.example.com");
        assertThat(match(named, "db.example.com")).isTrue();
        assertThat(match(named, "one.db.example.com")).isTrue();
        assertThat(match(named, "old.example.com")).isFalse();
        assertThat(match(named, "127.0.0.1")).isFalse();
        assertThat(HostNames.shown(named)).isEqualTo("db.example.com, *.db.example.com");

        X509Certificate common = certificate("CN=old.example.com,O=Shop");
        assertThat(match(common, "old.example.com")).isTrue();
        assertThat(match(common, "db.example.com")).isFalse();
        assertThat(match(certificate("CN=old.example.com", "IP:127.0.0.1"), "old.example.com"))
                .isTrue();
        assertThat(match(certificate("O=Shop"), "db.example.com")).isFalse();
    }

    @Test
    void addresses_are_compared_as_addresses() throws Exception {
        X509Certificate addressed = certificate("CN=127.0.0.2", "IP:127.0.0.1", "IP:2001:db8::1", "DNS:127.0.0.3");
        assertThat(match(addressed, "127.0.0.1")).isTrue();
        assertThat(match(addressed, "2001:DB8:0:0:0:0:0:1")).isTrue();
        assertThat(match(addressed, "127.0.0.2")).isFalse();
        assertThat(match(addressed, "127.0.0.3")).isFalse();
        assertThat(match(certificate("CN=127.0.0.2"), "127.0.0.2")).isTrue();
        assertThat(match(certificate("CN=*.0.0.2"), "127.0.0.2")).isFalse();
        assertThat(match(certificate("CN=999.0.0.2"), "999.0.0.2")).isFalse();
    }
}
