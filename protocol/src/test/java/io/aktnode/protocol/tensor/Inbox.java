package io.aktnode.protocol.tensor;

import io.aktnode.protocol.frame.DropReason;
import io.aktnode.protocol.frame.FrameHeader;
import io.aktnode.protocol.frame.TensorSpec;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A landing that takes everything into memory of its own, unless told to misbehave. */
final class Inbox implements Landing {

    record Frame(FrameHeader header, List<TensorSpec> tensors, List<ByteBuffer> bytes) {}

    record Abandoned(FrameHeader header, DropReason reason) {}

    final BlockingQueue<Frame> frames = new LinkedBlockingQueue<>();
    final BlockingQueue<Abandoned> abandoned = new LinkedBlockingQueue<>();
    final AtomicInteger begun = new AtomicInteger();

    volatile boolean refuse;
    volatile int bytesTooMany;
    volatile String fail = "";

    @Override
    public Slot begin(FrameHeader header, List<TensorSpec> tensors) {
        if (refuse) {
            return null;
        }
        failIn("begin");
        List<ByteBuffer> bytes =
                tensors.stream()
                        .map(t -> ByteBuffer.allocateDirect(t.byteLength() + bytesTooMany))
                        .toList();
        begun.incrementAndGet();
        return new Slot() {
            @Override
            public ByteBuffer destination(int tensor) {
                return bytes.get(tensor);
            }

            @Override
            public void complete(FrameHeader whole) {
                failIn("complete");
                frames.add(new Frame(whole, tensors, bytes));
            }

            @Override
            public void abandon(FrameHeader broken, DropReason reason) {
                abandoned.add(new Abandoned(broken, reason));
            }
        };
    }

    private void failIn(String method) {
        if (fail.equals(method)) {
            throw new IllegalStateException("provoked in " + method);
        }
    }

    Frame next() throws InterruptedException {
        Frame frame = frames.poll(20, TimeUnit.SECONDS);
        if (frame == null) {
            throw new AssertionError("no frame came");
        }
        return frame;
    }
}
