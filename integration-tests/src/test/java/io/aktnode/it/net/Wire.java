package io.aktnode.it.net;

import io.aktnode.it.net.Hosts.Host;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A switch in this process between hosts that each have a {@link Tun}: it loses, delays, reorders
 * and damages packets, and cuts hosts off from one another, the same on every kernel (netem is a
 * module that many lack). Any thread may change the conditions.
 */
public final class Wire implements AutoCloseable {

    private static final int MAX_PACKET_BYTES = 65_536;
    private static final int DESTINATION = 16;
    private static final int PROTOCOL = 9;
    private static final int UDP = 17;
    private static final int UDP_CHECKSUM = 6;
    private static final int UDP_HEADER = 8;

    /** Aeron's own header; what follows it is ours. */
    private static final int AERON_HEADER = 32;

    /** Larger UDP packets carry tensors; smaller ones are Aeron's own talk. */
    private static final int LARGE_BYTES = 600;

    private final Map<Integer, Tun> tuns = new HashMap<>();
    private final List<Thread> readers = new ArrayList<>();
    private final ScheduledExecutorService later =
            Executors.newSingleThreadScheduledExecutor(
                    work -> {
                        Thread thread = new Thread(work, "wire-later");
                        thread.setDaemon(true);
                        return thread;
                    });
    private final Random random;
    private final Set<Long> cut = ConcurrentHashMap.newKeySet();
    private final AtomicLong harmed = new AtomicLong();
    private volatile Conditions conditions = Conditions.CLEAN;

    /**
     * @param seed of what happens to which packet
     */
    Wire(long seed) {
        this.random = new Random(seed);
    }

    /** Before {@link #start}. */
    void attach(String address, Tun tun) {
        tuns.put(number(address), tun);
    }

    void start() {
        tuns.forEach(
                (address, tun) -> {
                    Thread reader = new Thread(() -> carry(address, tun), "wire-" + address);
                    reader.setDaemon(true);
                    reader.start();
                    readers.add(reader);
                });
    }

    /** For all packets from now on. */
    public void conditions(Conditions changed) {
        conditions = changed;
    }

    /** Nothing passes between the two, in neither direction. */
    public void cut(Host one, Host other) {
        cut.add(pair(number(one.address()), number(other.address())));
    }

    /** Ends every cut and restores clean conditions. */
    public void heal() {
        cut.clear();
        conditions = Conditions.CLEAN;
    }

    /** How many packets were lost, held back, damaged or cut off so far. */
    public long harmed() {
        return harmed.get();
    }

    private void carry(int source, Tun tun) {
        byte[] packet = new byte[MAX_PACKET_BYTES];
        int length;
        while ((length = tun.read(packet)) >= 0) {
            if (length > DESTINATION + Integer.BYTES && packet[0] >> 4 == 4) {
                pass(source, packet, length);
            }
        }
    }

    private void pass(int source, byte[] packet, int length) {
        int destination = number(packet, DESTINATION);
        Tun target = tuns.get(destination);
        if (target == null) {
            return;
        }
        if (cut.contains(pair(source, destination))) {
            harmed.incrementAndGet();
            return;
        }
        Conditions now = conditions;
        if (happens(now.loss())) {
            return;
        }
        if (now.flip() > 0 && carriesTensors(packet, length) && happens(now.flip())) {
            flip(packet, length);
        }
        if (happens(now.late())) {
            byte[] copy = packet.clone();
            later.schedule(
                    () -> target.write(copy, length), now.delay().toNanos(), TimeUnit.NANOSECONDS);
            return;
        }
        target.write(packet, length);
    }

    private boolean happens(double probability) {
        if (probability <= 0) {
            return false;
        }
        boolean harm;
        synchronized (random) {
            harm = random.nextDouble() < probability;
        }
        if (harm) {
            harmed.incrementAndGet();
        }
        return harm;
    }

    private static boolean carriesTensors(byte[] packet, int length) {
        return packet[PROTOCOL] == UDP && length > LARGE_BYTES;
    }

    private void flip(byte[] packet, int length) {
        int udp = (packet[0] & 0xF) * Integer.BYTES;
        int first = udp + UDP_HEADER + AERON_HEADER;
        synchronized (random) {
            packet[first + random.nextInt(length - first)] ^= (byte) (1 << random.nextInt(8));
        }
        // No checksum: what the cable damaged and nobody noticed.
        packet[udp + UDP_CHECKSUM] = 0;
        packet[udp + UDP_CHECKSUM + 1] = 0;
    }

    private static int number(String address) {
        String[] parts = address.split("\\.");
        byte[] bytes = new byte[Integer.BYTES];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Integer.parseInt(parts[i]);
        }
        return number(bytes, 0);
    }

    private static int number(byte[] bytes, int at) {
        return (bytes[at] & 0xFF) << 24
                | (bytes[at + 1] & 0xFF) << 16
                | (bytes[at + 2] & 0xFF) << 8
                | bytes[at + 3] & 0xFF;
    }

    private static long pair(int one, int other) {
        long low = Integer.toUnsignedLong(Math.min(one, other));
        return low << Integer.SIZE | Integer.toUnsignedLong(Math.max(one, other));
    }

    @Override
    public void close() {
        tuns.values().forEach(Tun::stop);
        later.shutdownNow();
        for (Thread reader : readers) {
            try {
                reader.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        tuns.values().forEach(Tun::close);
    }
}
