package io.aktnode.ops.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.actors.run.RunListener;
import io.aktnode.actors.run.StepMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AsyncListenerTest {

    @Test
    void returnsAtOnceAndTellsEverythingInOrder() {
        CountDownLatch hold = new CountDownLatch(1);
        List<Long> heard = new ArrayList<>();
        AsyncListener async =
                new AsyncListener(
                        List.of(
                                new RunListener() {
                                    @Override
                                    public void onStep(StepMetrics metrics) {
                                        awaitUninterrupted(hold);
                                        heard.add(metrics.step());
                                    }
                                }));

        for (int step = 0; step < 3; step++) {
            async.onStep(Samples.metrics(step, true));
        }
        assertTrue(heard.isEmpty());
        hold.countDown();
        async.close();

        assertEquals(List.of(0L, 1L, 2L), heard);
    }

    @Test
    void aListenerThatFailsIsHeardNoMoreAndHurtsNoOther() {
        List<Long> heard = new ArrayList<>();
        List<Long> failing = new ArrayList<>();
        AsyncListener async =
                new AsyncListener(
                        List.of(
                                new RunListener() {
                                    @Override
                                    public void onStep(StepMetrics metrics) {
                                        failing.add(metrics.step());
                                        throw new IllegalStateException("disk full");
                                    }
                                },
                                new RunListener() {
                                    @Override
                                    public void onStep(StepMetrics metrics) {
                                        heard.add(metrics.step());
                                    }
                                }));

        async.onStep(Samples.metrics(0, true));
        async.onStep(Samples.metrics(1, true));
        async.close();

        assertEquals(List.of(0L), failing);
        assertEquals(List.of(0L, 1L), heard);
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
