package io.aktnode.nn.quantizer;

import io.aktnode.nn.kernel.UniformQuantizer;

/**
 * Range of one activation tensor: bias-corrected exponential moving averages (decay 0.9) of the
 * batch minimum and maximum.
 *
 * <p>After t batches {@code lo = m_t / (1 - 0.9^t)} with {@code m_t = 0.9·m_(t-1) + 0.1·min}, and
 * likewise {@code hi}. Source: ARCHITECTURE "Quantizer"; numbers: {@code range_lo_hi} of {@code
 * quantizers.npz}. One thread.
 */
public final class ActivationRange {

    private static final double DECAY = 0.9;

    private final int bits;
    private double lowSum;
    private double highSum;
    private long batches;

    public ActivationRange(int bits) {
        this.bits = bits;
    }

    /** Takes in one batch's smallest and largest value; a batch that is not finite is left out. */
    public void observe(float min, float max) {
        if (!Float.isFinite(min) || !Float.isFinite(max)) {
            return;
        }
        lowSum = DECAY * lowSum + (1 - DECAY) * min;
        highSum = DECAY * highSum + (1 - DECAY) * max;
        batches++;
    }

    /**
     * Sets the range itself, as read from a file; later batches move it as a long history would.
     */
    public void set(float lo, float hi) {
        if (!(lo <= hi) || Float.isInfinite(lo) || Float.isInfinite(hi)) {
            throw new IllegalArgumentException(
                    "activation range [" + lo + ", " + hi + "] must be finite and in order");
        }
        lowSum = lo;
        highSum = hi;
        batches = Long.MAX_VALUE;
    }

    public boolean calibrated() {
        return batches > 0;
    }

    public float lo() {
        return (float) (lowSum / correction());
    }

    public float hi() {
        return (float) (highSum / correction());
    }

    private double correction() {
        if (!calibrated()) {
            throw new IllegalStateException(
                    "the activation range has seen no batch; calibrate before quantizing");
        }
        return batches == Long.MAX_VALUE ? 1 : 1 - Math.pow(DECAY, batches);
    }

    public UniformQuantizer quantizer() {
        return UniformQuantizer.of(bits, lo(), hi());
    }

    public int bits() {
        return bits;
    }

    /** What {@link #restore} continues from, exactly. */
    public String save() {
        return lowSum + " " + highSum + " " + batches;
    }

    public void restore(String saved) {
        String[] parts = saved.split(" ");
        if (parts.length != 3) {
            throw new IllegalArgumentException(
                    "saved activation range \"" + saved + "\" must hold three numbers");
        }
        lowSum = Double.parseDouble(parts[0]);
        highSum = Double.parseDouble(parts[1]);
        batches = Long.parseLong(parts[2]);
    }
}
