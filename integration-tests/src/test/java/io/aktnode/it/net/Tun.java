package io.aktnode.it.net;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;

/**
 * One end of a tunnel device of the kernel: what its interface sends is read here, what is written
 * here its interface receives; whole IPv4 packets. The interface goes with it. One thread may read
 * while others write.
 */
final class Tun implements AutoCloseable {

    private static final int O_RDWR = 2;
    private static final int O_CLOEXEC = 0x80000;
    private static final long TUNSETIFF = 0x400454caL;
    private static final short IFF_TUN = 1;
    private static final short IFF_NO_PI = 0x1000;
    private static final int IFREQ_BYTES = 40;
    private static final int IFREQ_FLAGS = 16;
    private static final short POLLIN = 1;
    private static final int POLL_MS = 200;

    static {
        Native.register("c");
    }

    private final int descriptor;
    private volatile boolean closed;

    private static native int open(String path, int flags) throws LastErrorException;

    private static native int ioctl(int descriptor, NativeLong request, Pointer argument)
            throws LastErrorException;

    private static native int poll(Pointer descriptors, NativeLong count, int timeoutMs)
            throws LastErrorException;

    private static native NativeLong read(int descriptor, byte[] buffer, NativeLong length)
            throws LastErrorException;

    private static native NativeLong write(int descriptor, byte[] buffer, NativeLong length)
            throws LastErrorException;

    private static native int close(int descriptor) throws LastErrorException;

    /**
     * Makes the interface, in the namespace of this process.
     *
     * @param name of at most 15 letters
     * @throws LastErrorException if the user may not
     */
    Tun(String name) {
        descriptor = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
        try (Memory request = new Memory(IFREQ_BYTES)) {
            request.clear();
            request.write(0, name.getBytes(StandardCharsets.US_ASCII), 0, name.length());
            request.setShort(IFREQ_FLAGS, (short) (IFF_TUN | IFF_NO_PI));
            ioctl(descriptor, new NativeLong(TUNSETIFF), request);
        } catch (LastErrorException e) {
            close(descriptor);
            throw e;
        }
    }

    /** Waits for a packet; returns its length, or -1 when closed meanwhile. */
    int read(byte[] packet) {
        try (Memory wanted = new Memory(Long.BYTES)) {
            while (!closed) {
                wanted.setInt(0, descriptor);
                wanted.setShort(Integer.BYTES, POLLIN);
                wanted.setShort(Integer.BYTES + Short.BYTES, (short) 0);
                if (poll(wanted, new NativeLong(1), POLL_MS) > 0 && !closed) {
                    return read(descriptor, packet, new NativeLong(packet.length)).intValue();
                }
            }
            return -1;
        } catch (LastErrorException e) {
            if (closed) {
                return -1;
            }
            throw e;
        }
    }

    /** A packet an interface that is down, or full, does not take is lost, as on any wire. */
    void write(byte[] packet, int length) {
        if (closed) {
            return;
        }
        try {
            write(descriptor, packet, new NativeLong(length));
        } catch (LastErrorException e) {
            // Lost.
        }
    }

    /** The reader must have ended, or be told by {@link #stop} and joined, before. */
    @Override
    public void close() {
        close(descriptor);
    }

    /** Ends a read within a fifth of a second; packets are lost from now on. */
    void stop() {
        closed = true;
    }
}
