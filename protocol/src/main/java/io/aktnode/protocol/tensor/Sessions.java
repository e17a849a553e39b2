package io.aktnode.protocol.tensor;

import io.aeron.Image;
import io.aeron.Subscription;
import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.Header;
import io.aktnode.protocol.frame.DropReason;
import io.aktnode.protocol.frame.FrameDecryptor;
import io.aktnode.protocol.frame.FrameReader;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.agrona.DirectBuffer;
import org.agrona.collections.Int2ObjectHashMap;

/**
 * The senders of one subscription of an endpoint. Each subscription has its own: a sender from
 * afar, which chooses its session's number, must not pass for one inside the machine.
 *
 * <p>Called under the endpoint's lock, but for {@link #onUnavailableImage}.
 */
final class Sessions implements AutoCloseable {

    private final FrameReader reader;
    private final FrameAssembly.Host host;
    private final Supplier<FrameDecryptor> decryptors;
    private final FragmentHandler handler = this::onFragment;
    private final Int2ObjectHashMap<Fragments> sessions = new Int2ObjectHashMap<>();
    private final Queue<Integer> gone = new ConcurrentLinkedQueue<>();

    private Subscription subscription;
    private boolean closed;

    /**
     * @param decryptors one for each sender, or null for each if frames come as they are
     */
    Sessions(FrameReader reader, FrameAssembly.Host host, Supplier<FrameDecryptor> decryptors) {
        this.reader = reader;
        this.host = host;
        this.decryptors = decryptors;
    }

    /** Called once, before the first poll. */
    void subscription(Subscription own) {
        this.subscription = own;
    }

    /**
     * Called by Aeron's own thread when a sender is gone; handled at the next poll. Nothing of that
     * session is polled after this.
     */
    void onUnavailableImage(Image image) {
        gone.add(image.sessionId());
    }

    /** Handles what has arrived; returns how much it was. */
    int poll(int fragments) {
        forgetGone();
        return subscription.poll(handler, fragments);
    }

    private void forgetGone() {
        for (Integer session = gone.poll(); session != null; session = gone.poll()) {
            Fragments left = sessions.remove(session.intValue());
            if (left != null) {
                left.assembly().abandon(DropReason.TRUNCATED, "its sender has gone");
            }
        }
    }

    private void onFragment(DirectBuffer buffer, int offset, int length, Header header) {
        if (closed) {
            return;
        }
        int id = header.sessionId();
        Fragments session = sessions.get(id);
        if (session == null) {
            session = new Fragments(new FrameAssembly(id, reader, host, decryptors.get()));
            sessions.put(id, session);
        }
        session.onFragment(buffer, offset, length, header);
    }

    /** Drops the frames in progress that the fence, which has moved, keeps out now. */
    void refence() {
        sessions.values().forEach(session -> session.assembly().refence());
    }

    boolean connected() {
        return subscription.isConnected();
    }

    /** The channel a publisher reaches it by. */
    String channel() {
        String resolved = subscription.tryResolveChannelEndpointPort();
        return resolved == null ? subscription.channel() : resolved;
    }

    @Override
    public void close() {
        closed = true;
        sessions.values()
                .forEach(
                        session ->
                                session.assembly().abandon(DropReason.CLOSED, "endpoint closed"));
        sessions.clear();
        if (subscription != null) {
            subscription.close();
        }
    }
}
