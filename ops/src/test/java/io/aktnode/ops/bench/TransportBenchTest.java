package io.aktnode.ops.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.protocol.frame.FrameKey;
import io.aktnode.protocol.tensor.DataPlaneConfig;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class TransportBenchTest {

    @TempDir Path directory;

    @ParameterizedTest
    @CsvSource({
        TransportBench.IPC + ", false",
        TransportBench.LOOPBACK_UDP + ", false",
        TransportBench.LOOPBACK_UDP + ", true"
    })
    void everyFrameArrivesAndIsTimed(String channel, boolean encrypted) {
        DataPlaneConfig config =
                DataPlaneConfig.defaults().withDirectory(directory).withChannel(channel);

        Optional<FrameKey> key =
                encrypted ? Optional.of(FrameKey.draw(new SecureRandom())) : Optional.empty();

        TransportBench.Figures figures =
                TransportBench.measure(config, key, 100_001, Duration.ofMillis(200));

        assertEquals(encrypted, figures.encrypted());
        assertEquals(100_000, figures.frameBytes());
        assertEquals(0, figures.lost());
        assertTrue(figures.bytesPerSecond() > 0);
        assertTrue(figures.latency().count() > 0);
        assertTrue(figures.frames() > figures.latency().count());
        assertTrue(figures.latency().median() > 0);
    }
}
