package io.aktnode.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * A DNS server on loopback that answers every question for addresses (A) with the same ones, and
 * any other question with none. Answers from a thread of its own until it is closed.
 */
final class NameServer implements AutoCloseable {

    private static final int MOST_BYTES = 512;
    private static final int HEADER_BYTES = 12;
    private static final short ANSWER_WITHOUT_ERROR = (short) 0x8180;
    private static final short NAME_OF_THE_QUESTION = (short) (0xC000 | HEADER_BYTES);
    private static final short ADDRESS = 1;
    private static final short INTERNET = 1;

    private final DatagramSocket socket;
    private final List<String> addresses;

    NameServer(List<String> addresses) throws IOException {
        this.addresses = List.copyOf(addresses);
        this.socket =
                new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Thread thread = new Thread(this::serve, "name-server");
        thread.setDaemon(true);
        thread.start();
    }

    String address() {
        return "127.0.0.1:" + socket.getLocalPort();
    }

    private void serve() {
        while (true) {
            try {
                DatagramPacket question = new DatagramPacket(new byte[MOST_BYTES], MOST_BYTES);
                socket.receive(question);
                byte[] answer =
                        answer(ByteBuffer.wrap(question.getData(), 0, question.getLength()));
                socket.send(new DatagramPacket(answer, answer.length, question.getSocketAddress()));
            } catch (SocketException e) {
                return;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** RFC 1035, for a packet of one question. */
    private byte[] answer(ByteBuffer question) throws IOException {
        int end = HEADER_BYTES;
        while (question.get(end) != 0) {
            end += 1 + question.get(end);
        }
        boolean forAddresses = question.getShort(end + 1) == ADDRESS;
        ByteBuffer answer = ByteBuffer.allocate(MOST_BYTES);
        answer.putShort(question.getShort(0)).putShort(ANSWER_WITHOUT_ERROR);
        answer.putShort((short) 1).putShort((short) (forAddresses ? addresses.size() : 0));
        answer.putInt(0);
        answer.put(question.array(), HEADER_BYTES, end + 5 - HEADER_BYTES);
        if (forAddresses) {
            for (String address : addresses) {
                answer.putShort(NAME_OF_THE_QUESTION).putShort(ADDRESS).putShort(INTERNET);
                answer.putInt(1).putShort((short) 4);
                answer.put(InetAddress.getByName(address).getAddress());
            }
        }
        return Arrays.copyOf(answer.array(), answer.position());
    }

    @Override
    public void close() {
        socket.close();
    }
}
