package io.aktnode.protocol.frame;

import io.aktnode.protocol.frame.codec.FrameKindCode;

/** What a frame holds, and so which tensors, in which order. */
public enum FrameKind {
    /** Generator to teacher and students: images (N,height,width,channels), labels (N) int32. */
    SYNTHETIC_BATCH(FrameKindCode.SYNTHETIC_BATCH),
    /** Teacher or student to generator: logits (N,classes). */
    LOGITS(FrameKindCode.LOGITS),
    /**
     * Teacher to students: logits (N,classes), channel attention of each tap (N,channels), spatial
     * attention of each tap (N,height·width); the scalar is the BN-statistics loss.
     */
    TEACHER_KNOWLEDGE(FrameKindCode.TEACHER_KNOWLEDGE),
    /** Generator to teacher or student: gradients for its logits (N,classes). */
    LOGIT_GRADIENTS(FrameKindCode.LOGIT_GRADIENTS),
    /**
     * Teacher or student to generator: gradients for the images (N,height,width,channels); the
     * teacher's scalar is the BN-statistics loss.
     */
    INPUT_GRADIENTS(FrameKindCode.INPUT_GRADIENTS);

    private static final FrameKind[] KINDS = values();

    private final FrameKindCode code;

    FrameKind(FrameKindCode code) {
        this.code = code;
    }

    FrameKindCode code() {
        return code;
    }

    /** The kind with a code of the schema, or null. */
    static FrameKind of(int code) {
        for (FrameKind kind : KINDS) {
            if (kind.code.value() == code) {
                return kind;
            }
        }
        return null;
    }
}
