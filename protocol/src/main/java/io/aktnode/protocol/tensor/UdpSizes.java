package io.aktnode.protocol.tensor;

import io.aeron.ChannelUri;
import io.aeron.CommonContext;
import io.aeron.driver.Configuration;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How much UDP may carry at once: packets as large as the way allows, buffers and windows as large
 * as the kernel and a term allow. Immutable.
 */
final class UdpSizes {

    /** The longest message a UDP packet holds, and the longest MTU Aeron allows. */
    static final int MAX_MTU_BYTES = 65_504;

    /** What Linux allows where nobody has raised it. */
    private static final int DEFAULT_SOCKET_BUFFER_BYTES = 212_992;

    /** More does not make a frame of some megabytes any faster. */
    private static final int ENOUGH_SOCKET_BUFFER_BYTES = 4 * 1024 * 1024;

    private static final int LONGEST_NUMBER = 20;

    private static final Path KERNEL = Path.of("/proc/sys/net/core");

    private final int termBytes;
    private final int receiveBufferBytes;
    private final int sendBufferBytes;

    private UdpSizes(int termBytes, int receiveBufferBytes, int sendBufferBytes) {
        this.termBytes = termBytes;
        this.receiveBufferBytes = receiveBufferBytes;
        this.sendBufferBytes = sendBufferBytes;
    }

    /** For this machine, streams having terms of {@code termBytes}. */
    static UdpSizes of(int termBytes) {
        return of(termBytes, KERNEL);
    }

    /**
     * @param kernel directory with the files {@code rmem_max} and {@code wmem_max}; what is not
     *     there is taken for Linux's default
     */
    static UdpSizes of(int termBytes, Path kernel) {
        return new UdpSizes(
                termBytes, limit(kernel.resolve("rmem_max")), limit(kernel.resolve("wmem_max")));
    }

    private static int limit(Path file) {
        // Such a file gives all it has to the first read and nothing to a second, and says its size
        // is 0: Files.readString would see one digit.
        try (InputStream in = Files.newInputStream(file)) {
            String text = new String(in.readNBytes(LONGEST_NUMBER), StandardCharsets.US_ASCII);
            return (int) Math.min(ENOUGH_SOCKET_BUFFER_BYTES, Long.parseLong(text.strip()));
        } catch (IOException | NumberFormatException e) {
            return DEFAULT_SOCKET_BUFFER_BYTES;
        }
    }

    int receiveBufferBytes() {
        return receiveBufferBytes;
    }

    int sendBufferBytes() {
        return sendBufferBytes;
    }

    /**
     * What a receiver lets a sender have under way. Aeron wants it to fit into the socket's buffer,
     * else it loses what it asked for; and half a term is the most it grants.
     */
    int windowBytes() {
        return Math.min(receiveBufferBytes, termBytes / 2);
    }

    /**
     * The longest packet where no network is in between: as long as the longest message of a
     * stream, so that a chunk is one packet, but four of them to a window at least.
     */
    int loopbackMtuBytes() {
        int most = Math.min(MAX_MTU_BYTES, Math.min(termBytes / 8, windowBytes() / 4));
        return Math.max(Configuration.MTU_LENGTH_DEFAULT, most / 32 * 32);
    }

    /** The channel with {@link #loopbackMtuBytes} if it stays on this machine and names none. */
    String withMtu(String channel) {
        ChannelUri uri = ChannelUri.parse(channel);
        String endpoint = uri.get(CommonContext.ENDPOINT_PARAM_NAME);
        if (!uri.isUdp()
                || endpoint == null
                || uri.containsKey(CommonContext.MTU_LENGTH_PARAM_NAME)
                || !isLoopback(endpoint)) {
            return channel;
        }
        uri.put(CommonContext.MTU_LENGTH_PARAM_NAME, Integer.toString(loopbackMtuBytes()));
        return uri.toString();
    }

    private static boolean isLoopback(String endpoint) {
        int colon = endpoint.lastIndexOf(':');
        String host = colon < 0 ? endpoint : endpoint.substring(0, colon);
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
