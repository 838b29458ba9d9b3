package dev.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The demo, in its small size, from the distribution. */
@ExtendWith(Stands.Provided.class)
class DemoIT {
    @Test
    void the_small_demo_loses_everything_brings_it_back_and_removes_its_traces(Stands stands) throws Exception {
        try (Stack stack = Stack.on(stands, "demo")) {
            Path folder = Files.createDirectory(stack.folder().resolve("demo"));

            Outcome demo = stack.asShipped()
                    .run("demo", "--size", "small", "--folder", folder.toString())
                    .succeeded();

            assertThat(demo.out()).as(demo.toString()).contains("Everything matched.");
            assertThat(folder).isEmptyDirectory();
        }
    }
}
