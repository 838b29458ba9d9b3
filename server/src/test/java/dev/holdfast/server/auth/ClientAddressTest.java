package dev.holdfast.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.engine.error.Invalid;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClientAddressTest {
    private static final TrustedProxies PROXIES = TrustedProxies.parse("10.0.0.0/8, 192.0.2.128/25 ::1");

    @Test
    void nobody_is_believed_who_is_no_trusted_proxy() {
        assertThat(ClientAddress.of("203.0.113.5", List.of("198.51.100.1"), PROXIES))
                .isEqualTo("203.0.113.5");
        assertThat(ClientAddress.of("10.0.0.1", List.of("198.51.100.1"), TrustedProxies.NONE))
                .isEqualTo("10.0.0.1");
    }

    @Test
    void the_client_is_the_last_one_that_is_no_proxy() {
        assertThat(ClientAddress.of("10.0.0.1", List.of("198.51.100.1"), PROXIES))
                .isEqualTo("198.51.100.1");
        assertThat(ClientAddress.of("::1", List.of("6.6.6.6, 198.51.100.1", "10.9.9.9"), PROXIES))
                .isEqualTo("198.51.100.1");
        assertThat(ClientAddress.of("10.0.0.1", List.of("10.0.0.2"), PROXIES)).isEqualTo("10.0.0.2");
        assertThat(ClientAddress.of("10.0.0.1", List.of(), PROXIES)).isEqualTo("10.0.0.1");
    }

    @Test
    void what_is_no_address_ends_the_way() {
        for (String nonsense : List.of("unknown", "evil.example", "1.2.3.4\n", "", "x\r\ny", "198.51.100.1:80")) {
            assertThat(ClientAddress.of("10.0.0.1", List.of("6.6.6.6, " + nonsense), PROXIES))
                    .as(nonsense)
                    .isIn("10.0.0.1", "1.2.3.4");
        }
    }

    @Test
    void networks_are_compared_bit_by_bit() {
        assertThat(PROXIES.contain("192.0.2.128")).isTrue();
        assertThat(PROXIES.contain("192.0.2.127")).isFalse();
        assertThat(PROXIES.contain("11.0.0.1")).isFalse();
        assertThat(TrustedProxies.parse("fd00::/9").contain("fd7f::1")).isTrue();
        assertThat(TrustedProxies.parse("fd00::/9").contain("fd80::1")).isFalse();
        assertThat(TrustedProxies.parse("0.0.0.0/0").contain("8.8.8.8")).isTrue();
        assertThat(TrustedProxies.parse("0.0.0.0/0").contain("::1")).isFalse();
    }

    @Test
    void what_is_no_network_is_refused() {
        for (String text : List.of("proxy.example.org", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "::1/129")) {
            assertThatThrownBy(() -> TrustedProxies.parse(text)).as(text).isInstanceOf(Invalid.class);
        }
    }
}
