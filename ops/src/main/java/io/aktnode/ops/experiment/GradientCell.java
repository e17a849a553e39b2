package io.aktnode.ops.experiment;

/**
 * One run of the gradient experiment.
 *
 * @param bits of weights and activations
 * @param akt whether AKT's distillation is on
 * @param seed of all random numbers
 */
public record GradientCell(int bits, boolean akt, long seed) {

    /** Of its directory, such as {@code 2bit-akt-seed1}. */
    public String name() {
        return bits + "bit-" + (akt ? "akt" : "base") + "-seed" + seed;
    }

    /** For people. */
    public String describe() {
        return bits + " bits, " + (akt ? "with AKT" : "without AKT") + ", seed " + seed;
    }
}
