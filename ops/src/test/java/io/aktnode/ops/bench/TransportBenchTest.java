package io.aktnode.ops.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.protocol.tensor.DataPlaneConfig;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TransportBenchTest {

    @TempDir Path directory;

    @ParameterizedTest
    @ValueSource(strings = {TransportBench.IPC, TransportBench.LOOPBACK_UDP})
    void everyFrameArrivesAndIsTimed(String channel) {
        DataPlaneConfig config =
                DataPlaneConfig.defaults().withDirectory(directory).withChannel(channel);

        TransportBench.Figures figures =
                TransportBench.measure(config, 100_001, Duration.ofMillis(200));

        assertEquals(100_000, figures.frameBytes());
        assertEquals(0, figures.lost());
        assertTrue(figures.bytesPerSecond() > 0);
        assertTrue(figures.latency().count() > 0);
        assertTrue(figures.frames() > figures.latency().count());
        assertTrue(figures.latency().median() > 0);
    }
}
