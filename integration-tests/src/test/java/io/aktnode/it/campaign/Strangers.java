package io.aktnode.it.campaign;

import io.aktnode.it.net.Commands;
import io.aktnode.it.net.Hosts.Host;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Others that talk to every port a training has open, in tongues it does not speak. */
final class Strangers {

    private static final int RANDOM_BYTES = 4096;
    private static final int DATAGRAM_BYTES = 1200;
    private static final int ARTERY_HEADER = 28;
    private static final int AERON_HEADER = 40;
    private static final byte OLD_VERSION = 0;

    private Strangers() {}

    /** Garbage, and an old version of each protocol, at each port of each process. */
    static Fault atEveryPort() {
        return ProcessFaults.of(
                "garbage and old protocol versions at every port",
                (training, random) -> {
                    int ports = 0;
                    for (Member member : training.members()) {
                        List<Sockets.Port> open = Sockets.listening(member.pid());
                        for (Sockets.Port port : open) {
                            talk(training, member.host(), port, random);
                            ports++;
                        }
                    }
                    if (ports == 0) {
                        throw new IllegalStateException("no port was open");
                    }
                });
    }

    private static void talk(Training training, Host host, Sockets.Port port, Random random)
            throws IOException {
        Path words = training.out().resolveSibling("words");
        for (byte[] said : port.tcp() ? overTcp(random) : overUdp(random)) {
            Files.write(words, said);
            String kind = port.tcp() ? "tcp" : "udp";
            List<String> shell = new ArrayList<>(host.prefix());
            shell.addAll(
                    List.of(
                            "timeout",
                            "5",
                            "bash",
                            "-c",
                            "exec 3<>/dev/"
                                    + kind
                                    + "/"
                                    + port.address()
                                    + "/"
                                    + port.number()
                                    + " && { dd if="
                                    + words
                                    + " bs="
                                    + said.length
                                    + " status=none >&3; true; }"));
            // Whoever is reached may hang up at any word.
            if (!Commands.works(shell.toArray(String[]::new))) {
                throw new IllegalStateException("nobody answers at " + port);
            }
        }
        Files.delete(words);
    }

    private static List<byte[]> overTcp(Random random) {
        byte[] noise = new byte[RANDOM_BYTES];
        random.nextBytes(noise);
        // Artery: magic, stream, then frames of a length, here the largest one.
        ByteBuffer huge = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        huge.put("AKKA".getBytes(StandardCharsets.US_ASCII)).put((byte) 1);
        huge.putInt(Integer.MAX_VALUE);
        ByteBuffer old = ByteBuffer.allocate(9 + ARTERY_HEADER).order(ByteOrder.LITTLE_ENDIAN);
        old.put("AKKA".getBytes(StandardCharsets.US_ASCII)).put((byte) 1);
        old.putInt(ARTERY_HEADER).put(OLD_VERSION);
        return List.of(
                noise,
                "GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
                huge.array(),
                old.array());
    }

    private static List<byte[]> overUdp(Random random) {
        byte[] noise = new byte[DATAGRAM_BYTES];
        random.nextBytes(noise);
        // Aeron: length, version, flags, type 5 (setup), then zeros for terms and sessions.
        ByteBuffer setup = ByteBuffer.allocate(AERON_HEADER).order(ByteOrder.LITTLE_ENDIAN);
        setup.putInt(AERON_HEADER).put(OLD_VERSION).put((byte) 0).putShort((short) 5);
        return List.of(noise, setup.array(), new byte[] {0});
    }
}
