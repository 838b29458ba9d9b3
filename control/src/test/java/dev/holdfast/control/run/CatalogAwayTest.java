package dev.holdfast.control.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.control.catalog.Catalog;
import dev.holdfast.control.catalog.CatalogPlace;
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
