package dev.holdfast.connectors.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.engine.error.Cancelled;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class OrderedWorkersTest {
    private final List<Integer> results = new ArrayList<>();

    private OrderedWorkers<Integer> workers(int atOnce, int ahead) {
        return new OrderedWorkers<>(Executors.newVirtualThreadPerTaskExecutor(), atOnce, ahead, results::add);
    }

    @Test
    void results_come_in_the_order_of_the_work_however_long_each_takes() {
        try (OrderedWorkers<Integer> workers = workers(8, 16)) {
            for (int i = 0; i < 1000; i++) {
                int number = i;
                if (i % 3 == 0) {
                    workers.done(number);
                } else {
                    workers.submit(() -> {
                        for (int spin = 0; spin < (number * 7919) % 5000; spin++) {
                            Thread.onSpinWait();
                        }
                        return number;
                    });
                }
            }
            workers.finish();
        }
        assertThat(results).isEqualTo(IntStream.range(0, 1000).boxed().toList());
    }

    @Test
    void no_more_run_at_once_than_allowed() {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        try (OrderedWorkers<Integer> workers = workers(3, 100)) {
            for (int i = 0; i < 200; i++) {
                workers.submit(() -> {
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    Thread.onSpinWait();
                    return running.decrementAndGet();
                });
            }
            workers.finish();
        }
        assertThat(most.get()).isBetween(1, 3);
        assertThat(results).hasSize(200);
    }

    @Test
    void a_failure_is_thrown_as_it_is_and_interrupts_the_others() {
        AtomicBoolean interrupted = new AtomicBoolean();
        CountDownLatch begun = new CountDownLatch(1);
        IllegalStateException failure = new IllegalStateException("told to fail");

        assertThatThrownBy(() -> {
                    try (OrderedWorkers<Integer> workers = workers(2, 100)) {
                        workers.submit(() -> {
                            begun.countDown();
                            try {
                                new CountDownLatch(1).await();
                            } catch (InterruptedException e) {
                                interrupted.set(true);
                            }
                            return 1;
                        });
                        begun.await();
                        workers.submit(() -> {
                            throw failure;
                        });
                        for (int i = 0; i < 10_000_000; i++) {
                            workers.done(i);
                        }
                    }
                })
                .isSameAs(failure);
        assertThat(interrupted).isTrue();
    }

    @Test
    void a_failure_ends_the_wait_for_an_earlier_piece_that_would_never_end() {
        IllegalStateException failure = new IllegalStateException("told to fail");
        CountDownLatch waiting = new CountDownLatch(1);

        assertThatThrownBy(() -> {
                    try (OrderedWorkers<Integer> workers = workers(2, 2)) {
                        workers.submit(() -> {
                            new CountDownLatch(1).await();
                            return 1;
                        });
                        workers.submit(() -> {
                            waiting.await();
                            throw failure;
                        });
                        Thread main = Thread.currentThread();
                        Thread.startVirtualThread(() -> {
                            while (main.getState() != Thread.State.WAITING) {
                                Thread.onSpinWait();
                            }
                            waiting.countDown();
                        });
                        workers.finish();
                    }
                })
                .isSameAs(failure);
    }

    @Test
    void an_interrupt_while_waiting_cancels() {
        try (OrderedWorkers<Integer> workers = workers(1, 1)) {
            workers.submit(() -> {
                new CountDownLatch(1).await();
                return 1;
            });
            Thread.currentThread().interrupt();

            assertThatThrownBy(workers::finish).isInstanceOf(Cancelled.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
