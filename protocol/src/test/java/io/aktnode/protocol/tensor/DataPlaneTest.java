package io.aktnode.protocol.tensor;

import static io.aktnode.protocol.tensor.Frames.assertArrived;
import static io.aktnode.protocol.tensor.Frames.header;
import static io.aktnode.protocol.tensor.Frames.random;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.driver.ThreadingMode;
import io.aeron.exceptions.DriverTimeoutException;
import io.aktnode.protocol.frame.DropReason;
import io.aktnode.protocol.frame.TensorSpec;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class DataPlaneTest {

    @TempDir Path directory;

    private final OutboundTensor tensor = random(new Random(1), TensorSpec.float32(1000));

    private DataPlaneConfig config() {
        return DataPlaneConfig.defaults().withDirectory(directory);
    }

    private void assertWorks(DataPlane plane) throws Exception {
        Inbox inbox = new Inbox();
        try (Endpoint endpoint = plane.endpoint(77, inbox);
                TensorPublisher publisher = plane.publisher(77)) {
            endpoint.fence(Frames.RUN, 0);
            assertEquals(SendResult.SENT, publisher.send(header(5), List.of(tensor)));
            assertArrived(inbox.next(), header(5), List.of(tensor));
        }
    }

    private List<Path> left() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    @Test
    void theJvmOpensWhatAgronaNeeds() {
        assertTrue(
                ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                        .anyMatch(a -> a.contains("java.base/jdk.internal.misc=ALL-UNNAMED")),
                "surefire's argLine must keep ${akt.jvm.flags}");
    }

    @Test
    void closeLeavesNothingAndMayBeCalledTwice() throws Exception {
        DataPlane plane = Frames.start(config());
        Endpoint endpoint = plane.endpoint(1, new Inbox());
        TensorPublisher publisher = plane.publisher(1);
        assertEquals(1, left().size());

        plane.close();
        plane.close();
        endpoint.close();
        publisher.close();

        assertEquals(List.of(), left());
        // The data plane of an earlier test may be closing still, on the thread that told its
        // fault.
        Frames.await(
                () ->
                        Thread.getAllStackTraces().keySet().stream()
                                .noneMatch(t -> t.isAlive() && t.getName().equals("akt-poll")));
    }

    @Test
    void aClosedDataPlaneSaysSo() {
        DataPlane plane = Frames.start(config());
        TensorPublisher publisher = plane.publisher(1);
        Endpoint endpoint = plane.endpoint(1, new Inbox());
        plane.close();

        for (Runnable use :
                List.<Runnable>of(
                        () -> plane.publisher(2),
                        () -> plane.endpoint(2, new Inbox()),
                        () -> publisher.send(header(1), List.of(tensor)),
                        endpoint::channel)) {
            TransportClosedException thrown =
                    assertThrows(TransportClosedException.class, use::run);
            assertTrue(thrown.getMessage().endsWith("is closed"), thrown::getMessage);
        }
    }

    @Test
    void closingEndsASendThatWaits() throws Exception {
        DataPlane plane = Frames.start(config().withOfferTimeout(Duration.ofHours(1)));
        TensorPublisher publisher = plane.publisher(1);
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<SendResult> sending =
                CompletableFuture.supplyAsync(
                        () -> {
                            begun.countDown();
                            return publisher.send(header(1), List.of(tensor));
                        });
        begun.await();

        plane.close();

        ExecutionException thrown = assertThrows(ExecutionException.class, sending::get);
        assertInstanceOf(TransportClosedException.class, thrown.getCause());
    }

    /** Were the log unmapped under a sender, the JVM would crash. */
    @Test
    void closingWhileFramesFlowIsSafe() throws Exception {
        OutboundTensor large = random(new Random(2), TensorSpec.float32(500_000));
        for (int round = 0; round < 15; round++) {
            DataPlane plane = Frames.start(config());
            Inbox inbox = new Inbox();
            plane.endpoint(1, inbox).fence(Frames.RUN, 0);
            TensorPublisher publisher = plane.publisher(1);
            CompletableFuture<Void> sending =
                    CompletableFuture.runAsync(
                            () -> {
                                for (int batch = 0; ; batch++) {
                                    publisher.send(header(batch), List.of(large));
                                }
                            });
            inbox.next();

            plane.close();

            ExecutionException thrown = assertThrows(ExecutionException.class, sending::get);
            assertInstanceOf(TransportClosedException.class, thrown.getCause());
            assertEquals(List.of(), left());
        }
    }

    @Test
    void aStreamHasOneEndpointAndMayHaveAnotherLater() throws Exception {
        try (DataPlane plane = Frames.start(config())) {
            Endpoint first = plane.endpoint(77, new Inbox());
            IllegalStateException thrown =
                    assertThrows(
                            IllegalStateException.class, () -> plane.endpoint(77, new Inbox()));
            assertEquals(
                    "stream 77 has an endpoint on this node; close it first", thrown.getMessage());

            first.close();

            assertWorks(plane);
        }
    }

    @Test
    void anInterruptedThreadMayStartAndClose() throws Exception {
        Thread.currentThread().interrupt();
        DataPlane plane = Frames.start(config());
        plane.close();

        assertTrue(Thread.interrupted());
        assertEquals(0, plane.faults());
        assertEquals(List.of(), left());
    }

    @Test
    void everyThreadingModeWorks() throws Exception {
        for (ThreadingMode mode :
                List.of(
                        ThreadingMode.SHARED,
                        ThreadingMode.SHARED_NETWORK,
                        ThreadingMode.DEDICATED)) {
            for (DataPlaneConfig.Idle idle : DataPlaneConfig.Idle.values()) {
                try (DataPlane plane = Frames.start(config().withThreads(mode, idle))) {
                    assertWorks(plane);
                }
            }
        }
    }

    @Test
    void anInterruptedThreadMayOpenStreams() throws Exception {
        try (DataPlane plane = Frames.start(config())) {
            Thread.currentThread().interrupt();
            Endpoint endpoint = plane.endpoint(1, new Inbox());
            TensorPublisher publisher = plane.publisher(1);

            assertTrue(Thread.interrupted());
            Frames.await(() -> publisher.connected() && endpoint.connected());
            assertWorks(plane);
        }
    }

    @Test
    void reportsADeadDriverAndCanBeStartedAnew() throws Exception {
        CompletableFuture<Throwable> fault = new CompletableFuture<>();
        DataPlane plane =
                DataPlane.start(config().withDriverTimeout(Duration.ofSeconds(2)), fault::complete);
        TensorPublisher publisher = plane.publisher(1);
        assertTrue(plane.failure().isEmpty());

        plane.driver().close();

        Throwable cause = fault.get(30, TimeUnit.SECONDS);
        assertInstanceOf(DriverTimeoutException.class, cause);
        assertSame(cause, plane.failure().orElseThrow());
        assertThrows(
                TransportClosedException.class, () -> publisher.send(header(1), List.of(tensor)));
        TransportClosedException thrown =
                assertThrows(TransportClosedException.class, () -> plane.publisher(1));
        assertSame(cause, thrown.getCause());
        plane.close();
        assertEquals(List.of(), left());
        try (DataPlane next = Frames.start(config())) {
            assertWorks(next);
        }
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void aProcessThatWasStoppedForLongerThanAnyTimeoutGoesOn() throws Exception {
        Duration liveness = Duration.ofSeconds(2);
        try (DataPlane plane =
                Frames.start(
                        config().withLivenessTimeout(liveness)
                                .withDriverTimeout(liveness.multipliedBy(3)))) {
            assertWorks(plane);

            String stop = "kill -STOP $0; sleep " + 4 * liveness.toSeconds() + "; kill -CONT $0";
            String self = Long.toString(ProcessHandle.current().pid());
            assertEquals(0, new ProcessBuilder("sh", "-c", stop, self).start().waitFor());

            assertWorks(plane);
            assertTrue(plane.failure().isEmpty());
        }
    }

    /** The thread that found the fault is one that close waits for. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theOwnerMayCloseFromTheFaultCallback(boolean driverDies) throws Exception {
        CompletableFuture<DataPlane> started = new CompletableFuture<>();
        CompletableFuture<Void> closed = new CompletableFuture<>();
        DataPlane plane =
                DataPlane.start(
                        config().withDriverTimeout(Duration.ofSeconds(2)),
                        fault -> {
                            started.join().close();
                            closed.complete(null);
                        });
        started.complete(plane);
        Endpoint endpoint =
                plane.endpoint(
                        1,
                        (header, tensors) -> {
                            throw new StackOverflowError("provoked");
                        });
        endpoint.fence(Frames.RUN, 0);

        if (driverDies) {
            plane.driver().close();
        } else {
            plane.publisher(1).send(header(1), List.of());
        }

        closed.get(30, TimeUnit.SECONDS);
        Class<?> expected = driverDies ? DriverTimeoutException.class : StackOverflowError.class;
        assertSame(expected, plane.failure().orElseThrow().getClass());
        assertEquals(List.of(), left());
    }

    @Test
    void closingAnEndpointAbandonsWhatWasArriving() throws Exception {
        try (DataPlane plane = Frames.start(config().withOfferTimeout(Duration.ofMillis(200)))) {
            Inbox inbox = new Inbox();
            CompletableFuture<Endpoint> endpoint = new CompletableFuture<>();
            // Closes its own endpoint as soon as a frame has begun: its bytes come too late.
            Landing closing =
                    (header, tensors) -> {
                        Landing.Slot slot = inbox.begin(header, tensors);
                        CompletableFuture.runAsync(() -> endpoint.join().close());
                        return slot;
                    };
            endpoint.complete(plane.endpoint(1, closing));
            endpoint.join().fence(Frames.RUN, 0);
            OutboundTensor large = random(new Random(3), TensorSpec.float32(10_000_000));

            SendResult result = plane.publisher(1).send(header(1), List.of(large));

            assertTrue(result != SendResult.SENT, "the receiver went away in the middle");
            assertEquals(
                    new Inbox.Abandoned(header(1), DropReason.CLOSED),
                    inbox.abandoned.poll(20, TimeUnit.SECONDS));
        }
    }

    @Test
    void configurationNamesWhatIsWrong() {
        DataPlaneConfig good = config();

        assertEquals(
                "term-length=1000000 must be a power of two from 64 KB to 1 GB",
                assertThrows(IllegalArgumentException.class, () -> good.withTermBytes(1_000_000))
                        .getMessage());
        assertEquals(
                "channel=tcp://x must start with aeron:ipc or aeron:udp",
                assertThrows(IllegalArgumentException.class, () -> good.withChannel("tcp://x"))
                        .getMessage());
        assertEquals(
                "offer-timeout=PT0S must be positive",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> good.withOfferTimeout(Duration.ZERO))
                        .getMessage());
        assertEquals(
                "max-frame-bytes=0 must be 1 or more",
                assertThrows(IllegalArgumentException.class, () -> good.withMaxFrameBytes(0))
                        .getMessage());
    }
}
