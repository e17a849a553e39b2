package io.aktnode.protocol.tensor;

import io.aeron.FragmentAssembler;
import io.aeron.Image;
import io.aeron.Subscription;
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
    private final FragmentAssembler assembler = new FragmentAssembler(this::onMessage);
    private final Int2ObjectHashMap<FrameAssembly> assemblies = new Int2ObjectHashMap<>();
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
        return subscription.poll(assembler, fragments);
    }

    private void forgetGone() {
        for (Integer session = gone.poll(); session != null; session = gone.poll()) {
            assembler.freeSessionBuffer(session);
            FrameAssembly assembly = assemblies.remove(session.intValue());
            if (assembly != null) {
                assembly.abandon(DropReason.TRUNCATED, "its sender has gone");
            }
        }
    }

    private void onMessage(DirectBuffer buffer, int offset, int length, Header aeronHeader) {
        if (closed) {
            return;
        }
        int session = aeronHeader.sessionId();
        FrameAssembly assembly = assemblies.get(session);
        if (assembly == null) {
            assembly = new FrameAssembly(session, reader, host, decryptors.get());
            assemblies.put(session, assembly);
        }
        assembly.onMessage(buffer, offset, length);
    }

    /** Drops the frames in progress that the fence, which has moved, keeps out now. */
    void refence() {
        assemblies.values().forEach(FrameAssembly::refence);
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
        assemblies.values().forEach(a -> a.abandon(DropReason.CLOSED, "endpoint closed"));
        assemblies.clear();
        assembler.clear();
        if (subscription != null) {
            subscription.close();
        }
    }
}
