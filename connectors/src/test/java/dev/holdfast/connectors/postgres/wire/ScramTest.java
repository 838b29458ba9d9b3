package dev.holdfast.connectors.postgres.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class ScramTest {
    private static final String SERVER_FIRST =
            "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";

    private static Scram scram(String password, String gs2Header, byte[] binding) {
        return new Scram("user", password, "rOprNGfwEbeRWgbNEkqO", gs2Header, binding);
    }

    @Test
    void the_example_of_RFC_7677_comes_out() throws Exception {
        Scram scram = scram("pencil", "n,,", new byte[0]);

        assertThat(scram.first()).isEqualTo("n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
        assertThat(scram.last(SERVER_FIRST))
                .isEqualTo("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                        + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
        scram.verify("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
        assertThatThrownBy(() -> scram.verify("v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="))
                .isInstanceOf(WireException.class);
        assertThatThrownBy(() -> scram.verify("e=invalid-proof")).isInstanceOf(WireException.class);
    }

    @Test
    void nothing_is_proven_before_the_challenge() {
        assertThatThrownBy(() -> scram("pencil", "n,,", new byte[0]).verify("v="))
                .isInstanceOf(WireException.class);
    }

    @Test
    void the_binding_is_part_of_the_proof() throws Exception {
        byte[] endPoint = {1, 2, 3};
        String last = scram("pencil", "p=tls-server-end-point,,", endPoint).last(SERVER_FIRST);

        String channel = last.substring(2, last.indexOf(','));
        assertThat(new String(Base64.getDecoder().decode(channel), StandardCharsets.ISO_8859_1))
                .isEqualTo("p=tls-server-end-point,,\1\2\3");
        assertThat(last).doesNotContain("p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
    }

    @Test
    void passwords_are_prepared() throws Exception {
        assertThat(scram("\u2168", "n,,", new byte[0]).last(SERVER_FIRST))
                .isEqualTo(scram("IX", "n,,", new byte[0]).last(SERVER_FIRST))
                .isNotEqualTo(scram("ix", "n,,", new byte[0]).last(SERVER_FIRST));
    }
}
