package dev.holdfast.control.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class PostgresConfigTest {
    private static PostgresConfig at(String url) {
        return new PostgresConfig("database", new Secret(url), Optional.of(new Secret("pw")), 4);
    }

    @Test
    void another_database_keeps_server_user_and_options() {
        assertThat(at("postgresql://shop:x@h1:5432,h2:5433/shop?sslmode=require")
                        .withDatabase("shop copy")
                        .url()
                        .text())
                .isEqualTo("postgresql://shop:x@h1:5432,h2:5433/shop%20copy?sslmode=require");
        assertThat(at("postgres://h").withDatabase("copy").url().text()).isEqualTo("postgres://h/copy");
    }

    @Test
    void a_password_goes_only_to_the_server_it_belongs_to() {
        PostgresConfig config = at("postgresql://shop@db:5432/shop");

        assertThat(config.withUrl("postgresql://shop@db:5432/copy").password()).contains(new Secret("pw"));
        assertThat(config.withUrl("postgresql://shop@other:5432/copy").password())
                .isEmpty();
        assertThat(config.withUrl("postgresql://admin@db:5432/copy").password()).isEmpty();
        assertThat(config.withUrl("postgresql://shop:own@db:5432/copy").password())
                .isEmpty();
    }
}
