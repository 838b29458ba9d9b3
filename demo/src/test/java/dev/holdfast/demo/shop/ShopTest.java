package dev.holdfast.demo.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.stand.LocalS3;
import dev.holdfast.demo.stand.PrivatePostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

final class ShopTest {
    @TempDir
    Path folder;

    @Test
    void the_same_files_are_made_twice_and_every_change_is_seen() throws IOException {
        ShopDirectory shop = new ShopDirectory(folder.resolve("one"), ShopSize.SMALL);
        ShopDirectory twin = new ShopDirectory(folder.resolve("two"), ShopSize.SMALL);
        shop.fill();
        twin.fill();
        Inventory before = shop.inventory();
        assertThat(before.holding().count()).isGreaterThan(ShopSize.SMALL.files() + 50);
        assertThat(contents(before)).isEqualTo(contents(twin.inventory()));

        assertThat(shop.holding()).isEqualTo(before.holding());
        assertThat(shop.change()).isEqualTo(15);
        assertThat(before.differences(shop.inventory())).hasSizeGreaterThanOrEqualTo(15);

        Inventory now = shop.inventory();
        assertThat(now.differences(shop.inventory())).isEmpty();
        Path file = shop.root().resolve("awkward/README");
        FileTime time = Files.getLastModifiedTime(file);
        Files.writeString(file, "content of CASE\n");
        Files.setLastModifiedTime(file, time);
        Files.setPosixFilePermissions(
                shop.root().resolve("awkward/readme"), PosixFilePermissions.fromString("r-xr-xr-x"));
        Files.setLastModifiedTime(shop.root().resolve("awkward/..."), FileTime.fromMillis(1000));
        assertThat(now.differences(shop.inventory()))
                .satisfiesExactly(
                        dots -> assertThat(dots).startsWith("'file awkward/...' differs"),
                        content -> assertThat(content).startsWith("'file awkward/README' differs"),
                        mode -> assertThat(mode).startsWith("'file awkward/readme' differs"));
    }

    @Test
    void names_that_are_not_text_are_made_seen_and_removed() {
        ShopDirectory shop = new ShopDirectory(folder.resolve("one"), ShopSize.SMALL);
        shop.fill();
        assertThat(shop.inventory().entries())
                .containsKeys(
                        "file awkward/broken-%FF%FE.txt",
                        "file awkward/caf%E9-latin1.txt",
                        "file awkward/two%0Alines.txt",
                        "file awkward/nfc-%C3%A9.txt",
                        "file awkward/nfd-e%CC%81.txt",
                        "file awkward/folder%20%FF/inner/file")
                .hasEntrySatisfying(
                        "file awkward/link-%FF", link -> assertThat(link).startsWith("link to broken-%FF%FE.txt"));
        shop.destroy();
        assertThat(shop.exists()).isFalse();
    }

    @Test
    void every_change_of_an_object_is_seen() {
        try (LocalS3 s3 = LocalS3.in(folder);
                S3Client client = s3.s3Client().build()) {
            ShopBucket shop = new ShopBucket(s3, ShopSize.SMALL);
            shop.fill();
            Inventory before = shop.inventory();
            assertThat(before.holding().count()).isEqualTo(ShopSize.SMALL.objects());
            assertThat(shop.holding()).isEqualTo(before.holding());
            assertThat(shop.change()).isEqualTo(30);
            Inventory now = shop.inventory();
            assertThat(before.differences(now)).hasSize(30);

            client.copyObject(copy -> copy.sourceBucket(ShopBucket.NAME)
                    .sourceKey("awkward/.hidden")
                    .destinationBucket(ShopBucket.NAME)
                    .destinationKey("awkward/.hidden")
                    .metadata(Map.of("sku", "other"))
                    .metadataDirective("REPLACE"));
            client.putObject(put -> put.bucket(ShopBucket.NAME).key("awkward/-rf"), RequestBody.fromString("x"));
            assertThat(now.differences(shop.inventory())).hasSize(2);

            assertThat(shop.destroy()).isEqualTo(now.holding().count());
            assertThat(shop.exists()).isFalse();
        }
    }

    @Test
    void every_change_of_the_database_is_seen() {
        try (PrivatePostgres postgres = PrivatePostgres.in(folder).forgetful().start()) {
            ShopDatabase shop = new ShopDatabase(postgres, ShopSize.SMALL);
            shop.fill();
            Inventory before = shop.inventory();
            assertThat(before.holding().count()).isGreaterThan(40_000);
            assertThat(shop.holding()).isEqualTo(before.holding());
            assertThat(before.differences(shop.inventory())).isEmpty();

            assertThat(shop.change()).isBetween(300L, 900L);
            assertThat(String.join("\n", before.differences(shop.inventory())))
                    .contains("table public.price_change", "table public.customer", "sequence public.invoice_number");

            for (String sql : List.of(
                    "UPDATE event SET payload = payload || '{\"a\": 1}' WHERE id = 17",
                    "COMMENT ON TABLE customer IS 'changed'",
                    "DROP TRIGGER price_change ON product",
                    "REVOKE SELECT ON orders FROM shop_reader",
                    "ALTER TABLE product DROP CONSTRAINT product_price_check",
                    "SELECT lo_unlink(700002)",
                    "SELECT nextval('invoice_number')",
                    "DROP INDEX customer_preferences",
                    "ALTER TABLE draft OWNER TO shop_reader")) {
                Inventory now = shop.inventory();
                postgres.execute(ShopDatabase.NAME, sql);
                assertThat(now.differences(shop.inventory())).as(sql).hasSize(1);
            }

            shop.destroy();
            assertThat(shop.exists()).isFalse();
        }
    }

    /** The owner's time of making a link or changing a folder is not the seed's. */
    private static List<String> contents(Inventory inventory) {
        return inventory.entries().entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue().replaceAll("time .*", ""))
                .toList();
    }
}
