package io.aktnode.protocol.control;

/** What became of a role's update in a step. */
public enum UpdateDecision {
    /** As it was. */
    APPLIED,
    /** Scaled down to the healthy norm. */
    CLIPPED,
    /** Not applied: the gradient was not finite. */
    SKIPPED,
    /** The gradients never came, or came too late. */
    DISCARDED,
    /** There was nothing to update: the teacher, or a student that calibrates. */
    NONE,
    /** A spike, applied as it was: in a dry run nothing is done about it. */
    TOLERATED
}
