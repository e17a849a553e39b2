package io.aktnode.protocol.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UdpSizesTest {

    private static final int MEGABYTE = 1024 * 1024;

    @TempDir private Path kernel;

    private UdpSizes sizes(int termBytes, String receive, String send) throws IOException {
        Files.writeString(kernel.resolve("rmem_max"), receive);
        Files.writeString(kernel.resolve("wmem_max"), send);
        return UdpSizes.of(termBytes, kernel);
    }

    @Test
    void takesWhatTheKernelAllowsUpToFourMegabytes() throws IOException {
        UdpSizes small = sizes(MEGABYTE, "300000\n", "250000\n");
        UdpSizes large = sizes(MEGABYTE, "99000000\n", "99000000\n");

        assertEquals(300_000, small.receiveBufferBytes());
        assertEquals(250_000, small.sendBufferBytes());
        assertEquals(4 * MEGABYTE, large.receiveBufferBytes());
        assertEquals(4 * MEGABYTE, large.sendBufferBytes());
    }

    @Test
    void takesLinuxsDefaultWhereTheKernelDoesNotSay() throws IOException {
        UdpSizes silent = UdpSizes.of(MEGABYTE, kernel);
        UdpSizes strange = sizes(MEGABYTE, "many\n", "\n");

        assertEquals(212_992, silent.receiveBufferBytes());
        assertEquals(212_992, strange.sendBufferBytes());
    }

    @Test
    void readsTheWholeNumberOfThisKernel() throws IOException {
        long expected;
        try (InputStream in = new FileInputStream("/proc/sys/net/core/rmem_max")) {
            expected =
                    Long.parseLong(new String(in.readNBytes(64), StandardCharsets.UTF_8).strip());
        }

        assertEquals(Math.min(4 * MEGABYTE, expected), UdpSizes.of(MEGABYTE).receiveBufferBytes());
    }

    @Test
    void keepsTheWindowInsideBufferAndTerm() throws IOException {
        assertEquals(300_000, sizes(MEGABYTE, "300000", "300000").windowBytes());
        assertEquals(MEGABYTE / 2, sizes(MEGABYTE, "4194304", "4194304").windowBytes());
    }

    @Test
    void sendsPacketsAsLongAsAChunkOverLoopback() throws IOException {
        UdpSizes sizes = sizes(MEGABYTE, "4194304", "4194304");

        String channel = sizes.withMtu("aeron:udp?endpoint=127.0.0.1:4000");

        assertTrue(channel.startsWith("aeron:udp?"), channel);
        assertTrue(channel.contains("endpoint=127.0.0.1:4000"), channel);
        assertTrue(channel.contains("mtu=65504"), channel);
    }

    @Test
    void keepsPacketsShortWhereTermOrBufferAre() throws IOException {
        assertEquals(8192, sizes(64 * 1024, "4194304", "4194304").loopbackMtuBytes());
        assertEquals(212_992 / 4, sizes(MEGABYTE, "212992", "212992").loopbackMtuBytes());
        assertEquals(1408, sizes(MEGABYTE, "4608", "4608").loopbackMtuBytes());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "aeron:ipc",
                "aeron:udp?endpoint=10.0.0.5:4000",
                "aeron:udp?endpoint=127.0.0.1:4000|mtu=1408"
            })
    void leavesOtherChannelsAsTheyAre(String channel) {
        assertEquals(channel, UdpSizes.of(MEGABYTE, kernel).withMtu(channel));
    }
}
