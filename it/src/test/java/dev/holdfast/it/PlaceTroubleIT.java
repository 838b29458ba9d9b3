package dev.holdfast.it;

import static dev.holdfast.it.ThreePlaces.CLOUD;
import static dev.holdfast.it.ThreePlaces.FOLDER;
import static dev.holdfast.it.ThreePlaces.NAS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * One of three places of an export in trouble: nothing half gets a name there, the others get everything, people are told what to do,
 * and the next run brings what is lacking.
 */
@ExtendWith(Stands.Provided.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 2, unit = TimeUnit.MINUTES)
@Order(4)
class PlaceTroubleIT {
    /** Room for the older export once more, and not for the newer one. */
    private static final long TOO_LITTLE = 7_000_000;

    /** Within the second file, which has twelve million bytes. */
    private static final long IN_THE_MIDDLE = 6_000_000;

    private static final long SLOW = 500_000;

    private ThreePlaces places;

    /** Something that may go wrong itself. */
    @FunctionalInterface
    private interface Step {
        void take() throws Exception;
    }

    @BeforeAll
    void prepare(Stands stands) throws Exception {
        places = new ThreePlaces(stands);
    }

    @AfterAll
    void end() throws Exception {
        if (places != null) {
            places.close();
        }
    }

    /**
     * @param told what to do about it, as the run says
     */
    private void trouble(String place, Step cause, Step cure, String told) throws Exception {
        places.usual();
        places.forgetNewest();
        cause.take();
        try {
            Outcome run = places.export().degraded();
            assertThat(run.out() + run.err())
                    .as(run.toString())
                    .contains("degraded: 1 of 3 places", "'" + place + "'", told);
            Outcome look = places.look().degraded();
            assertThat(look.out() + look.err())
                    .as(look.toString())
                    .contains("degraded: 1 of 3 places", "'" + place + "'");
        } finally {
            cure.take();
        }
        places.others(place)
                .forEach(other -> assertThat(places.hasNewest(other))
                        .as("the newest export is in '%s'", other)
                        .isTrue());
        String sound = places.others(place).getFirst();
        assertThat(places.contents(places.others(place).getLast()))
                .as("both that were well")
                .isEqualTo(places.contents(sound));
        assertThat(places.hasNewest(place)).as("it was in trouble").isFalse();
        assertThat(places.contents(sound))
                .as("what has a name in '%s' is whole", place)
                .containsAllEntriesOf(places.contents(place));

        places.usual();
        places.export().succeeded();
        assertThat(places.hasNewest(place)).as("it caught up").isTrue();
        assertThat(places.contents(place)).as("it caught up").isEqualTo(places.contents(sound));
        assertThat(places.names(place)).as("it caught up").isEqualTo(places.names(sound));
    }

    @Test
    void a_folder_on_a_disk_that_failed() throws Exception {
        trouble(
                FOLDER,
                () -> places.disk(FOLDER).readOnly(),
                () -> places.disk(FOLDER).writable(),
                "Read-only");
    }

    @Test
    void a_folder_on_a_full_disk() throws Exception {
        trouble(FOLDER, () -> places.disk(FOLDER).leave(TOO_LITTLE), () -> places.roomy(FOLDER), "ree space");
        assertThat(places.unfinished(FOLDER)).isEmpty();
    }

    @Test
    void a_bucket_whose_server_is_gone() throws Exception {
        trouble(CLOUD, places.s3()::stop, places.s3()::start, "Check that the endpoint is right and the server runs");
    }

    @Test
    void a_bucket_whose_server_is_full() throws Exception {
        trouble(
                CLOUD,
                () -> {
                    places.disk(CLOUD).leave(TOO_LITTLE);
                    places.impatient();
                },
                () -> places.roomy(CLOUD),
                "run");
    }

    @Test
    void a_bucket_behind_a_slow_wire() throws Exception {
        trouble(
                CLOUD,
                () -> {
                    places.impatient();
                    places.toCloud().slow(SLOW);
                },
                places.toCloud()::mend,
                "too slow");
    }

    @Test
    void a_bucket_that_does_not_know_the_secret() throws Exception {
        trouble(CLOUD, places::wrongSecret, places::usual, "Check access key and secret key");
    }

    @Test
    void a_bucket_whose_wire_is_cut_in_the_middle_of_a_file() throws Exception {
        trouble(
                CLOUD,
                () -> {
                    places.impatient();
                    places.toCloud().cutAfter(IN_THE_MIDDLE);
                },
                places.toCloud()::mend,
                "tried again by the next run");
    }

    @Test
    void a_server_that_is_gone() throws Exception {
        trouble(NAS, places.sshd()::stop, places.sshd()::restart, "server");
    }

    @Test
    void a_server_whose_disk_is_full() throws Exception {
        trouble(NAS, () -> places.disk(NAS).leave(TOO_LITTLE), () -> places.roomy(NAS), "ree space");
    }

    @Test
    void a_server_behind_a_slow_wire() throws Exception {
        trouble(
                NAS,
                () -> {
                    places.impatient();
                    places.toNas().slow(SLOW);
                },
                places.toNas()::mend,
                "too slow");
    }

    @Test
    void a_server_that_does_not_know_the_key() throws Exception {
        trouble(NAS, places::wrongKey, places::usual, "key");
    }

    @Test
    void a_server_with_another_host_key() throws Exception {
        trouble(NAS, places.sshd()::changeHostKey, places.sshd()::changeHostKeyBack, "host key");
    }

    @Test
    void a_server_whose_wire_is_cut_in_the_middle_of_a_file() throws Exception {
        trouble(
                NAS,
                () -> {
                    places.impatient();
                    places.toNas().cutAfter(IN_THE_MIDDLE);
                },
                places.toNas()::mend,
                "tried again by the next run");
    }

    @Test
    void after_all_of_it_the_newest_export_restores() {
        places.usual();
        places.export().succeeded();
        places.restoresEqual();
    }
}
