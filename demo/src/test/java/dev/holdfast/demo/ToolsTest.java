package dev.holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.Tools.Plan;
import dev.holdfast.demo.stand.ServerBinaries;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class ToolsTest {
    private static final Optional<ServerBinaries> SERVER_15 =
            Optional.of(new ServerBinaries(Path.of("/pg/15/bin"), 15));
    private static final Optional<ServerBinaries> NO_SERVER = Optional.empty();
    private static final OptionalInt EMBEDDED = OptionalInt.of(18);

    @Test
    void the_server_of_the_machine_is_used_when_pg_dump_is_not_older() {
        assertThat(Tools.plan(SERVER_15, OptionalInt.of(15), EMBEDDED, true, true))
                .isEqualTo(new Plan.Machine(SERVER_15.get()));
        assertThat(Tools.plan(SERVER_15, OptionalInt.of(17), EMBEDDED, true, true))
                .isEqualTo(new Plan.Machine(SERVER_15.get()));
    }

    @Test
    void the_embedded_server_is_used_only_where_its_pg_dump_is() {
        assertThat(Tools.plan(NO_SERVER, OptionalInt.of(18), EMBEDDED, true, true))
                .isEqualTo(new Plan.Embedded());
        assertThat(Tools.plan(NO_SERVER, OptionalInt.of(15), EMBEDDED, true, true))
                .isEqualTo(new Plan.Install(List.of("postgresql")));
    }

    @Test
    void what_is_missing_is_installed_by_root_and_named_to_others() {
        assertThat(Tools.plan(SERVER_15, OptionalInt.empty(), EMBEDDED, true, true))
                .isEqualTo(new Plan.Install(List.of("postgresql-client-15")));
        assertThat(Tools.plan(SERVER_15, OptionalInt.of(14), EMBEDDED, true, false))
                .isEqualTo(new Plan.Ask("sudo apt-get install -y postgresql-client-15"));
        assertThat(Tools.plan(NO_SERVER, OptionalInt.empty(), EMBEDDED, true, false))
                .isEqualTo(new Plan.Ask("sudo apt-get install -y postgresql"));
        assertThat(Tools.plan(NO_SERVER, OptionalInt.empty(), OptionalInt.empty(), false, true))
                .isInstanceOf(Plan.Ask.class);
    }
}
