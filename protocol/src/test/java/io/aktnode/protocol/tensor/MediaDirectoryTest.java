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

    private Path leave(String name) throws IOException {
        Path directory = Files.createDirectories(parent.resolve(name));
        Files.writeString(directory.resolve("loss-report.dat"), "left");
        return directory;
    }

    /** The name of a directory this process has taken, in parts. */
    private String[] ownName() {
        Path taken = MediaDirectory.take(List.of(parent), 1, config);
        MediaDirectory.giveBack(taken);
        return taken.getFileName().toString().split("-");
    }

    /** Largest process id Linux allows is 2^22. */
    private static final long DEAD_PID = 1L << 22 | 1;

    @Test
    void sweepsDirectoriesOfDeadProcesses() throws IOException {
        String[] own = ownName();
        Path dead = leave("akt-node-" + own[2] + "-" + DEAD_PID + "-0");
        Path earlierSelf = leave("akt-node-" + own[2] + "-" + own[3] + "-99999");
        long parentPid = ProcessHandle.current().parent().orElseThrow().pid();
        Path alive = leave("akt-node-" + own[2] + "-" + parentPid + "-0");
        Path elsewhereDead = leave("akt-node-1-" + DEAD_PID + "-0");
        Path notOurs = leave("akt-node-of-somebody");

        MediaDirectory.sweep(parent, 1000);

        assertFalse(Files.exists(dead));
        assertFalse(Files.exists(earlierSelf));
        assertFalse(Files.exists(elsewhereDead), "no driver beats in it");
        assertTrue(Files.exists(alive));
        assertTrue(Files.exists(notOurs));
    }

    @Test
    void sparesDirectoriesOfLivingDrivers() throws IOException {
        try (DataPlane plane = Frames.start(parent)) {
            Path fromAnotherNamespace = parent.resolve("akt-node-1-" + DEAD_PID + "-0");
            Files.createSymbolicLink(fromAnotherNamespace, plane.directory());

            MediaDirectory.sweep(parent, 10_000);

            assertTrue(Files.exists(plane.directory().resolve("cnc.dat")));
            assertTrue(Files.exists(fromAnotherNamespace));
            Files.delete(fromAnotherNamespace);
        }
    }

    @Test
    void takesTheFirstPlaceWithRoom() {
        Path taken =
                MediaDirectory.take(List.of(parent.resolve("a"), parent.resolve("b")), MB, config);

        assertEquals(parent.resolve("a"), taken.getParent());
        assertFalse(Files.exists(taken));
        MediaDirectory.giveBack(taken);
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
