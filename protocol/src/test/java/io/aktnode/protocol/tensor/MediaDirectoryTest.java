package io.aktnode.protocol.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MediaDirectoryTest {

    private static final long MB = 1024 * 1024;

    @TempDir Path parent;

    private final DataPlaneConfig config = DataPlaneConfig.defaults();

    @Test
    void sweepsDirectoriesOfDeadDriversAndSparesThoseOfLivingOnes() throws IOException {
        Path dead = Files.createDirectory(parent.resolve("akt-node-1-1-0"));
        Files.createFile(dead.resolve("lock"));
        try (DataPlane living = Frames.start(parent);
                PrivateDirectory taken = MediaDirectory.take(List.of(parent), 1, config)) {
            assertFalse(Files.exists(dead));
            assertTrue(Files.exists(living.directory().resolve("cnc.dat")));
            assertTrue(Files.exists(taken.path()));
        }
    }

    @Test
    void takesTheFirstPlaceWithRoom() throws IOException {
        List<Path> places = List.of(parent.resolve("a"), parent.resolve("b"));
        try (PrivateDirectory taken = MediaDirectory.take(places, MB, config)) {
            assertEquals(parent.resolve("a").toRealPath(), taken.path().getParent());
        }
    }

    @Test
    void leavesNothingWhereThereIsNoRoom() throws IOException {
        assertThrows(
                IllegalStateException.class,
                () -> MediaDirectory.take(List.of(parent), 1L << 60, config));

        try (var left = Files.list(parent)) {
            assertEquals(0, left.count());
        }
    }

    @Test
    void saysWhatToSetWhenThereIsNoRoom() {
        long needed = 1L << 60;

        IllegalStateException thrown =
                assertThrows(
                        IllegalStateException.class,
                        () -> MediaDirectory.take(List.of(parent), needed, config));

        String message = thrown.getMessage();
        assertTrue(message.startsWith("no room for Aeron's logs: " + parent + " has "), message);
        assertTrue(
                message.contains(
                        "needed are 1099511627776 MB (3 terms of 1048576 bytes for each log of 8"
                                + " streams)"),
                message);
        assertTrue(message.contains("lower term-length"), message);
    }

    @Test
    void needsRoomForEveryLogOfEveryStream() {
        long driver = MediaDirectory.DRIVER_BYTES;
        DataPlaneConfig streams = config.withTermBytes((int) (4 * MB)).withExpectedStreams(5);

        assertEquals(driver + 60 * MB, MediaDirectory.neededBytes(streams));
        assertEquals(
                driver + 120 * MB,
                MediaDirectory.neededBytes(streams.withChannel("aeron:udp?endpoint=127.0.0.1:0")));
    }

    /** The estimate of the driver's own files is what the free space is checked against. */
    @Test
    void driverFitsItsEstimate() throws IOException {
        try (DataPlane plane = Frames.start(parent)) {
            for (int stream = 0; stream < config.expectedStreams(); stream++) {
                plane.publisher(stream);
            }
            long used;
            try (var files = Files.walk(plane.directory())) {
                used = files.filter(Files::isRegularFile).mapToLong(f -> f.toFile().length()).sum();
            }

            assertTrue(used <= MediaDirectory.neededBytes(config), used + " bytes");
            assertTrue(used > MediaDirectory.neededBytes(config) / 2, used + " bytes");
        }
    }
}
