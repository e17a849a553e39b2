package io.aktnode.protocol.tensor;

import io.aktnode.protocol.frame.FrameHeader;
import io.aktnode.protocol.frame.FrameKind;
import io.aktnode.protocol.frame.RoleId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tells frames an endpoint has seen before from new ones; asked only of frames whose tag was right,
 * so nobody without the key changes what it remembers. A sender numbers its frames upwards under
 * each salt; a frame its owner sends again on purpose is a new one. One thread at a time.
 *
 * <p>It remembers the {@value #MAX_SALTS} salts used last. A sender takes another when it opens a
 * publication, so that many last longer than any run; were one forgotten, its frames would still be
 * kept out once their sender is {@value #MAX_BATCHES_BEHIND} batches or an incarnation further.
 */
final class ReplayFence {

    static final int MAX_SALTS = 4096;
    static final int MAX_BATCHES_BEHIND = 1024;

    private record Salt(long high, long low) {}

    private record Lane(RoleId sender, FrameKind kind) {}

    private final Map<Salt, Long> newestSequences =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Salt, Long> eldest) {
                    return size() > MAX_SALTS;
                }
            };

    private final Map<Lane, FrameHeader> newestFrames = new HashMap<>();

    /** Whether this is the first start of a frame with this number under this salt. */
    boolean isFirst(long saltHigh, long saltLow, long sequence) {
        Salt salt = new Salt(saltHigh, saltLow);
        Long newest = newestSequences.get(salt);
        if (newest != null && sequence <= newest) {
            return false;
        }
        newestSequences.put(salt, sequence);
        return true;
    }

    /** Whether the sender of this frame, which passed the endpoint's fence, is far beyond it. */
    boolean isOvertaken(FrameHeader header) {
        Lane lane = new Lane(header.sender(), header.kind());
        FrameHeader newest = newestFrames.get(lane);
        if (newest == null || newest.runId() != header.runId()) {
            newestFrames.put(lane, header);
            return false;
        }
        if (header.incarnation() != newest.incarnation()) {
            boolean older = header.incarnation() < newest.incarnation();
            if (!older) {
                newestFrames.put(lane, header);
            }
            return older;
        }
        if (header.batchId() > newest.batchId()) {
            newestFrames.put(lane, header);
        }
        return newest.batchId() - header.batchId() > MAX_BATCHES_BEHIND;
    }
}
