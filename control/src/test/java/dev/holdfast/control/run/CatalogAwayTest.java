package dev.holdfast.control.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.control.catalog.Catalog;
import dev.holdfast.control.catalog.CatalogPlace;
import dev.holdfast.control.catalog.Catalogs;
import dev.holdfast.control.config.Secret;
import dev.holdfast.demo.stand.PrivatePostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The database of the catalog goes away while a run is under way, and comes back. */
class CatalogAwayTest {
    @TempDir
    private Path folder;

    @Test
    void a_run_goes_on_and_its_end_is_written_when_the_catalog_is_back() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        VirtualTime time = new VirtualTime(Instant.parse("2026-11-20T12:00:00Z"));
        try (PrivatePostgres server =
                PrivatePostgres.in(folder.resolve("server")).forgetful().start()) {
            server.createDatabase("catalog");
            CatalogPlace place =
                    new CatalogPlace.Shared(new Secret(server.url("catalog") + "?connect_timeout=2"), Optional.empty());
            try (Catalog catalog = Catalog.open(place);
                    Station station =
                            new Station(catalog, time, folder.resolve("one"), RunLimits.USUAL, Station.THREADS)) {
                station.stacks.with(Station.stack("shop"));
                station.connectors.duringCapture = () -> await(go);
                RunRecord run = station.backup("shop");
                tickUntilCaptured(station, time);

                server.stop();
                time.advance(Duration.ofMinutes(10));
                station.tick();
                assertThat(station.service.underWay()).isEqualTo(1);
                go.countDown();
                server.start();
                while (station.service.underWay() > 0) {
                    time.advance(Duration.ofMillis(10));
                    station.tick();
                }
                assertThat(station.show(run).state()).isEqualTo(RunState.SUCCEEDED);
                station.service.pump();
                assertThat(station.service.logs().text(run.id())).contains("run finished kind=backup state=succeeded");
            }
        }
    }

    /** As a disk does that is full while the repository is closed, and has room again when the end is written down. */
    @Test
    void a_snapshot_that_the_catalog_did_not_take_is_listed_when_the_end_of_its_run_is_written() {
        VirtualTime time = new VirtualTime(Instant.parse("2026-11-20T12:00:00Z"));
        try (Catalog catalog = Catalogs.SQLITE.open(folder);
                Station station = new Station(catalog, time, folder.resolve("one"), RunLimits.USUAL, Station.AT_ONCE)) {
            catalog.jdbi().useHandle(handle -> handle.execute("""
                    CREATE TRIGGER no_room BEFORE INSERT ON snapshot WHEN EXISTS (SELECT 1 FROM run WHERE state = 'RUNNING')
                    BEGIN SELECT RAISE(ABORT, 'no room'); END"""));
            station.stacks.with(Station.stack("shop"));
            RunRecord run = station.backup("shop");
            station.tick();

            RunRecord ended = station.show(run);
            assertThat(ended.state()).isEqualTo(RunState.SUCCEEDED);
            assertThat(station.snapshots.find("shop", ended.snapshot().orElseThrow()))
                    .isPresent();
        }
    }

    private static void tickUntilCaptured(Station station, VirtualTime time) {
        while (!station.log.contains("capture shop-files")) {
            time.advance(Duration.ofMillis(10));
            station.tick();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
