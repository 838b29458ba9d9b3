package dev.holdfast.connectors.encode;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.connectors.files.TestTree;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.NoSpace;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.source.ExportFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FanOutFileTest {
    private static final byte[] CONTENT = TestTree.random(9_000_000, 3);
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration SHORT = Duration.ofMillis(200);

    /** Fails where it is told to. */
    private static final class Full extends MemoryFile {
        private final String where;
        private long taken;

        Full(String name, String where) {
            super(name);
            this.where = where;
        }

        private void at(String here) {
            if (where.equals(here)) {
                throw new NoSpace(ErrorCode.STORE_FULL, location() + " is full", "free space there.");
            }
        }

        @Override
        public void preflight() {
            at("preflight");
            super.preflight();
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            taken += length;
            if (taken > 1_000_000) {
                at("write");
            }
            super.write(bytes, offset, length);
        }

        @Override
        public void commit() {
            at("commit");
            super.commit();
        }
    }

    /** Does not go on before it is allowed to, not even when it is interrupted. */
    private static final class Stuck extends MemoryFile {
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);
        private final CountDownLatch gone = new CountDownLatch(1);
        private final String where;

        Stuck(String name, String where) {
            super(name);
            this.where = where;
        }

        private void at(String here) {
            reached.countDown();
            while (where.equals(here) && released.getCount() > 0) {
                try {
                    released.await();
                } catch (InterruptedException e) {
                    // as a file system that does not answer
                }
            }
        }

        @Override
        public void preflight() {
            at("preflight");
            super.preflight();
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            at("write");
            super.write(bytes, offset, length);
        }

        @Override
        public void commit() {
            at("commit");
            super.commit();
        }

        @Override
        public void close() {
            super.close();
            gone.countDown();
        }
    }

    private static void write(FanOutFile file) {
        for (int from = 0; from < CONTENT.length; from += 12_345) {
            file.write(CONTENT, from, Math.min(12_345, CONTENT.length - from));
        }
    }

    private static FanOutFile to(Duration patience, ExportFile... files) {
        return new FanOutFile(List.of(files), patience, Duration.ofMillis(300));
    }

    @Test
    void each_gets_all_bytes_and_is_committed() {
        MemoryFile one = new MemoryFile("one");
        MemoryFile two = new MemoryFile("two");
        MemoryFile three = new MemoryFile("three");
        FanOutFile file = to(LONG, one, two, three);
        try (file) {
            file.preflight();
            write(file);
            file.commit();
        }

        for (MemoryFile each : List.of(one, two, three)) {
            assertThat(each.bytes()).isEqualTo(CONTENT);
            assertThat(each.isCommitted()).isTrue();
            assertThat(each.timesClosed()).isEqualTo(1);
        }
        assertThat(file.outcomes())
                .containsExactly(new Outcome.Done("one"), new Outcome.Done("two"), new Outcome.Done("three"));
        assertThat(file.location()).isEqualTo("one, two, three");
    }

    @Test
    void one_that_fails_is_left_out_and_disturbs_no_other() {
        for (String where : List.of("preflight", "write", "commit")) {
            Full full = new Full("full", where);
            MemoryFile sound = new MemoryFile("sound");
            FanOutFile file = to(LONG, full, sound);
            try (file) {
                file.preflight();
                write(file);
                file.commit();
            }

            assertThat(sound.bytes()).isEqualTo(CONTENT);
            assertThat(sound.isCommitted()).isTrue();
            assertThat(full.isCommitted()).isFalse();
            assertThat(full.timesClosed()).isEqualTo(1);
            assertThat(file.outcomes().getFirst())
                    .as(where)
                    .isInstanceOfSatisfying(
                            Outcome.Failed.class,
                            failed -> assertThat(failed.why()).isInstanceOf(NoSpace.class));
            assertThat(file.outcomes().getLast()).isEqualTo(new Outcome.Done("sound"));
        }
    }

    @Test
    void when_all_fail_it_fails_with_the_first_failure_and_keeps_the_others() {
        for (String where : List.of("preflight", "write", "commit")) {
            Full one = new Full("one", where);
            Full two = new Full("two", where);
            try (FanOutFile file = to(LONG, one, two)) {
                assertThatThrownBy(() -> {
                            file.preflight();
                            write(file);
                            file.commit();
                        })
                        .isInstanceOf(NoSpace.class)
                        .hasMessage("one is full")
                        .satisfies(e -> assertThat(e.getSuppressed())
                                .hasSize(1)
                                .allSatisfy(other -> assertThat(other).hasMessage("two is full")));
            }
            assertThat(one.timesClosed()).isEqualTo(1);
            assertThat(two.timesClosed()).isEqualTo(1);
        }
    }

    @Test
    void one_that_never_answers_is_left_out_and_holds_up_neither_the_others_nor_the_close() throws Exception {
        for (String where : List.of("preflight", "write", "commit")) {
            Stuck stuck = new Stuck("stuck", where);
            MemoryFile sound = new MemoryFile("sound");
            FanOutFile file = to(SHORT, stuck, sound);
            try (file) {
                file.preflight();
                write(file);
                file.commit();
            }

            assertThat(sound.bytes()).isEqualTo(CONTENT);
            assertThat(sound.isCommitted()).isTrue();
            assertThat(file.outcomes().getFirst()).as(where).isInstanceOfSatisfying(Outcome.Failed.class, failed -> {
                assertThat(failed.why()).isInstanceOf(Unavailable.class).hasMessageContaining("too slow");
                assertThat(failed.why().hint()).contains("tried again by the next run");
            });
            assertThat(stuck.timesClosed()).isZero();

            stuck.released.countDown();
            assertThat(stuck.gone.await(20, SECONDS)).isTrue();
            assertThat(stuck.isCommitted()).as(where).isEqualTo(where.equals("commit"));
        }
    }

    /** Goes on, but never as quickly as the others want it to. */
    private static final class Slow extends MemoryFile {
        Slow() {
            super("slow");
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
            super.write(bytes, offset, length);
        }
    }

    @Test
    void one_that_goes_on_slowly_is_left_out_when_the_others_have_waited_long_enough_in_all() {
        MemoryFile sound = new MemoryFile("sound");
        try (FanOutFile file = to(SHORT, new Slow(), sound)) {
            file.preflight();
            write(file);
            file.commit();

            assertThat(sound.isCommitted()).isTrue();
            assertThat(file.outcomes().getFirst())
                    .isInstanceOfSatisfying(
                            Outcome.Failed.class,
                            failed -> assertThat(failed.why()).hasMessageContaining("too slow"));
        }
    }

    @Test
    void the_only_one_left_has_all_the_time_it_wants() throws Exception {
        Stuck slow = new Stuck("slow", "write");
        try (FanOutFile file = to(Duration.ofMillis(1), new Full("full", "preflight"), slow)) {
            file.preflight();
            Thread writer = Thread.ofPlatform().start(() -> {
                write(file);
                file.commit();
            });
            assertThat(slow.reached.await(20, SECONDS)).isTrue();
            assertThat(writer.join(Duration.ofMillis(500))).isFalse();

            slow.released.countDown();
            assertThat(writer.join(Duration.ofSeconds(20))).isTrue();
            assertThat(slow.bytes()).isEqualTo(CONTENT);
            assertThat(file.outcomes().getLast()).isEqualTo(new Outcome.Done("slow"));
        }
    }

    @Test
    void what_waits_for_a_slow_one_is_bounded() throws Exception {
        Stuck slow = new Stuck("slow", "write");
        AtomicLong passed = new AtomicLong();
        try (FanOutFile file = to(LONG, slow, new MemoryFile("quick"))) {
            file.preflight();
            Thread writer = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 3_000; i++) {
                    file.write(CONTENT, 0, 4096);
                    passed.addAndGet(4096);
                }
                file.commit();
            });
            assertThat(writer.join(Duration.ofSeconds(1))).isFalse();

            assertThat(passed.get()).isBetween((long) FanOutFile.QUEUE_BYTES / 2, FanOutFile.QUEUE_BYTES + 200_000L);
            slow.released.countDown();
            assertThat(writer.join(Duration.ofSeconds(20))).isTrue();
            assertThat(slow.bytes()).hasSize(3_000 * 4096);
        }
    }

    @Test
    void closed_without_a_commit_none_is_committed_and_all_are_closed() {
        MemoryFile one = new MemoryFile("one");
        MemoryFile two = new MemoryFile("two");
        FanOutFile file = to(LONG, one, two);
        file.preflight();
        write(file);
        file.close();

        assertThat(List.of(one, two)).allSatisfy(each -> {
            assertThat(each.isCommitted()).isFalse();
            assertThat(each.timesClosed()).isEqualTo(1);
        });
        assertThat(file.outcomes()).allSatisfy(each -> assertThat(each).isInstanceOf(Outcome.Failed.class));
    }

    @Test
    void closed_before_it_was_opened_all_are_closed() {
        MemoryFile one = new MemoryFile("one");
        to(LONG, one).close();

        assertThat(one.timesClosed()).isEqualTo(1);
        assertThat(one.isOpen()).isFalse();
    }

    @Test
    void an_interrupt_ends_a_wait_and_the_close_after_it_aborts_all() throws Exception {
        Stuck stuck = new Stuck("stuck", "write");
        MemoryFile sound = new MemoryFile("sound");
        FanOutFile file = to(LONG, stuck, sound);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        List<Boolean> interrupted = new ArrayList<>();
        Thread writer = Thread.ofPlatform().start(() -> {
            try (file) {
                file.preflight();
                write(file);
            } catch (Throwable e) {
                thrown.set(e);
            }
            interrupted.add(Thread.currentThread().isInterrupted());
        });
        assertThat(stuck.reached.await(20, SECONDS)).isTrue();
        writer.interrupt();

        assertThat(writer.join(Duration.ofSeconds(20))).isTrue();
        assertThat(thrown.get()).isInstanceOf(Cancelled.class);
        assertThat(interrupted).containsExactly(true);
        assertThat(sound.isCommitted()).isFalse();
        assertThat(sound.timesClosed()).isEqualTo(1);
        stuck.released.countDown();
        assertThat(stuck.gone.await(20, SECONDS)).isTrue();
        assertThat(stuck.isCommitted()).isFalse();
    }
}
