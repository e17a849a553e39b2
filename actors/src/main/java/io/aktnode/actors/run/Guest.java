package io.aktnode.actors.run;

/**
 * A student that joined a running training.
 *
 * @param student id; those the run began with come before
 * @param bits of its weights and activations
 * @param joinedAt finished steps of the run when it came; from there it calibrates first
 */
public record Guest(int student, int bits, long joinedAt) {}
