package dev.holdfast.control.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.connectors.postgres.PostgresRestore;
import dev.holdfast.control.catalog.Seal;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RequestJsonTest {
    @TempDir
    private Path folder;

    static List<RunRequest> requests() {
        PostgresRestore choosy = new PostgresRestore(
                List.of("app"),
                List.of("public.orders"),
                PostgresRestore.Contents.DATA,
                new PostgresRestore.Landing.OriginalSchema(),
                new PostgresRestore.Ownership(Optional.empty(), Map.of("shop", "dev"), false, false),
                true,
                false,
                Optional.of(true),
                true);
        PostgresRestore beside = new PostgresRestore(
                List.of(),
                List.of(),
                PostgresRestore.Contents.ALL,
                new PostgresRestore.Landing.SideSchema(Optional.of("old")),
                new PostgresRestore.Ownership(Optional.of("dev"), Map.of(), true, true),
                false,
                true,
                Optional.empty(),
                false);
        return List.of(
                RunRequest.Backup.of("shop"),
                new RunRequest.Backup("shop", List.of("media"), Map.of("why", "before the \"update\"")),
                new RunRequest.Restore(
                        "shop",
                        "latest",
                        List.of("database"),
                        Map.of("database", "shop_copy"),
                        true,
                        true,
                        choosy,
                        true),
                new RunRequest.Restore("shop", "01jd", List.of(), Map.of(), false, false, beside, false),
                new RunRequest.Check("shop", true),
                new RunRequest.Sync("shop"),
                new RunRequest.Prune("shop", true),
                new RunRequest.Retention("shop", true),
                new RunRequest.Forget("shop", List.of("01jd8x", "01jd8y"), true),
                new RunRequest.Exports("shop", Optional.empty(), false),
                new RunRequest.Exports("shop", Optional.of("latest"), true),
                new RunRequest.ExportsCleanUp("shop", true),
                new RunRequest.ExportsCleanUp("shop", false),
                new RunRequest.Compare("shop", "latest", List.of("media"), Map.of("media", "copy")));
    }

    private RequestJson json() {
        return new RequestJson(Seal.with(folder.resolve("key"), new SecureRandom()));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void every_request_is_read_as_it_was_written(RunRequest request) {
        assertThat(json().read(json().write(request))).isEqualTo(request);
    }

    @Test
    void the_password_of_a_place_is_not_readable_in_the_catalog() {
        RunRequest request = new RunRequest.Compare(
                "shop", "latest", List.of(), Map.of("database", "postgresql://shop:geheim@db/copy"));

        assertThat(json().write(request)).doesNotContain("geheim").doesNotContain("postgresql");
    }
}
