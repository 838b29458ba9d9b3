package dev.holdfast.engine.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ProcessIdentityTest {
    private static ProcessIdentity of(Process process) {
        return new ProcessIdentity(ProcessIdentity.own().machine(), process.pid(), ProcessBegin.of(process.toHandle()));
    }

    @Test
    void who_lives_is_not_dead_and_who_ended_is() throws IOException, InterruptedException {
        assertThat(ProcessIdentity.own().provablyDead()).isFalse();
        Process process = new ProcessBuilder("sleep", "60").start();
        ProcessIdentity identity = of(process);
        assertThat(identity.provablyDead()).isFalse();
        process.destroyForcibly().waitFor();
        assertThat(identity.provablyDead()).isTrue();
    }

    @Test
    void a_number_that_another_process_has_now_is_no_life() {
        ProcessIdentity own = ProcessIdentity.own();
        assertThat(new ProcessIdentity(own.machine(), own.pid(), own.started() + "0").provablyDead())
                .isTrue();
    }

    @Test
    void of_another_machine_or_boot_nothing_is_known() {
        ProcessIdentity own = ProcessIdentity.own();
        assertThat(new ProcessIdentity("another boot", 1L << 30, own.started()).provablyDead())
                .isFalse();
        assertThat(new ProcessIdentity("", 1L << 30, own.started()).provablyDead())
                .isFalse();
    }

    @Test
    void a_begin_does_not_move_with_the_clock() {
        // the boot and the ticks since then, and nothing of the day
        assertThat(ProcessBegin.of(ProcessHandle.current())).matches("[0-9a-f-]{36} \\d+");
    }
}
