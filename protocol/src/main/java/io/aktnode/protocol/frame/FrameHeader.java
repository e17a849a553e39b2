package io.aktnode.protocol.frame;

import java.util.Objects;

/**
 * What a frame says of itself, besides the table of its tensors.
 *
 * @param runId the run it belongs to
 * @param incarnation counts rollbacks and restarts, from 0; older ones are fenced off
 * @param batchId the batch it belongs to: the generator's step, from 0
 * @param sender who made it
 * @param kind what it holds
 * @param scalar a loss that travels beside the tensors (see {@link FrameKind}), else 0
 */
public record FrameHeader(
        long runId, int incarnation, long batchId, RoleId sender, FrameKind kind, double scalar) {

    public FrameHeader {
        Objects.requireNonNull(sender, "sender");
        Objects.requireNonNull(kind, "kind");
        if (incarnation < 0 || batchId < 0) {
            throw new IllegalArgumentException(
                    "incarnation="
                            + incarnation
                            + " and batchId="
                            + batchId
                            + " must be 0 or more");
        }
    }

    /** A header without a scalar. */
    public static FrameHeader of(
            long runId, int incarnation, long batchId, RoleId sender, FrameKind kind) {
        return new FrameHeader(runId, incarnation, batchId, sender, kind, 0);
    }

    /** Whether both are the same frame, whatever the scalar. */
    public boolean sameFrame(FrameHeader other) {
        return batchId == other.batchId
                && incarnation == other.incarnation
                && runId == other.runId
                && kind == other.kind
                && sender.equals(other.sender);
    }

    @Override
    public String toString() {
        return kind
                + " of batch "
                + batchId
                + " from "
                + sender
                + " (run "
                + Long.toHexString(runId)
                + ", incarnation "
                + incarnation
                + ")";
    }
}
