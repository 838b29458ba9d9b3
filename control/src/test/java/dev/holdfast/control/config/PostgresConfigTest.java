package dev.holdfast.control.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PostgresConfigTest {
    private static final SshConfig SSH = new SshConfig(
            "bastion",
            22,
            "u",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Path.of("/hosts"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    private static PostgresConfig at(String url) {
        return new PostgresConfig(
                "database",
                new Secret(url),
                Optional.of(new Secret("pw")),
                4,
                PostgresScope.DATABASE,
                Optional.of(SSH));
    }

    @Test
    void another_database_keeps_server_user_and_options() {
        assertThat(at("postgresql://shop:x@h1:5432,h2:5433/shop?sslmode=require")
                        .withDatabase("shop copy")
                        .url()
                        .text())
                .isEqualTo("postgresql://shop:x@h1:5432,h2:5433/shop%20copy?sslmode=require");
        assertThat(at("postgres://h").withDatabase("copy").url().text()).isEqualTo("postgres://h/copy");
        assertThat(at("postgres://h/old?a=1&dbname=shop&b=2")
                        .withDatabase("copy")
                        .url()
                        .text())
                .isEqualTo("postgres://h/copy?a=1&b=2");
        assertThat(at("postgres:///?dbname=shop").withDatabase("copy").url().text())
                .isEqualTo("postgres:///copy");
        assertThat(at("host=h dbname=shop").withDatabase("c'o\\py").url().text())
                .isEqualTo("host=h dbname=shop dbname='c\\'o\\\\py'");
    }

    @Test
    void what_may_lead_elsewhere_gets_neither_password_nor_ssh_server() {
        assertThat(at("postgresql://u@db/shop")
                        .withUrl("postgresql://u@db/copy")
                        .ssh())
                .contains(SSH);
        for (String other : new String[] {
            "postgresql://u@db/copy?host=evil",
            "postgresql://u@db/copy?sslmode=require&hostaddr=10.0.0.1",
            "postgresql://u@db/copy?service=x",
            "postgresql://u@db/copy?port=1",
            "host=db user=u dbname=copy"
        }) {
            PostgresConfig moved = at("postgresql://u@db/shop").withUrl(other);
            assertThat(moved.password()).as(other).isEmpty();
            assertThat(moved.ssh()).as(other).isEmpty();
        }
        assertThat(at("postgresql://u@db/shop?host=db2")
                        .withUrl("postgresql://u@db/copy")
                        .password())
                .isEmpty();
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
