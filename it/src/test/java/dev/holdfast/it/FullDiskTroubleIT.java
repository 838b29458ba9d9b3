package dev.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.error.ErrorCode;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Destinations on a file system of 12 MB. */
@ExtendWith(Stands.Provided.class)
class FullDiskTroubleIT {
    private static final int TOO_MUCH = 20_000_000;

    @Test
    void a_backup_that_does_not_fit_says_so_and_leaves_the_repository_whole(Stands stands) throws Exception {
        try (Stack stack = Stack.on(stands, "full")) {
            SmallDisk small = small(stack, List.of());
            stack.backup();
            List<String> before = stack.snapshots();
            stack.uploads().write("too-big.bin", 1, TOO_MUCH);

            for (int i = 0; i < 2; i++) {
                stack.json("backup")
                        .failed(ErrorCode.STORE_FULL)
                        .saying(small.path().toString(), "no space")
                        .hinting("Free space");
            }

            assertThat(stack.snapshots()).isEqualTo(before);
            stack.sound();
            Files.delete(stack.uploads().root().resolve("too-big.bin"));
            stack.backup();
            stack.equal();
        }
    }

    @Test
    void a_full_destination_beside_a_healthy_one_falls_behind_and_is_caught_up_when_there_is_room(Stands stands)
            throws Exception {
        try (Stack stack = Stack.on(stands, "halffull")) {
            SmallDisk small = small(stack, List.of(stack.diskDestination()));
            stack.backup();
            stack.uploads().write("too-big.bin", 1, TOO_MUCH);

            Outcome degraded = stack.json("backup").degraded();

            assertThat(degraded.named("destinations", "small").path("state").asString())
                    .isEqualTo("behind");
            assertThat(degraded.named("destinations", "small").path("reason").asString())
                    .contains("no space");
            assertThat(degraded.named("destinations", "disk").path("state").asString())
                    .isEqualTo("complete");
            small.resize("64m");
            stack.backup();
            assertThat(stack.sound().json().path("destinations").size()).isEqualTo(2);
            stack.describe(List.of(stack.folderSource()), List.of(Stack.local("small", small.path())));
            stack.equal(degraded.text("snapshot"));
        }
    }

    private static SmallDisk small(Stack stack, List<String> others) {
        SmallDisk small = stack.closing(SmallDisk.mounted(stack.folder().resolve("small"), "12m"));
        stack.prefix().addAll(small.prefix());
        stack.uploads().fill(5);
        List<String> destinations = new java.util.ArrayList<>(List.of(Stack.local("small", small.path())));
        destinations.addAll(others);
        stack.describe(List.of(stack.folderSource()), destinations);
        stack.uploads().settle();
        stack.init();
        return small;
    }
}
