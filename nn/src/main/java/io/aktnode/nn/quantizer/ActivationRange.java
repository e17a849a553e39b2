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
        requireCalibrated();
        return corrected(lowSum, batches);
    }

    public float hi() {
        requireCalibrated();
        return corrected(highSum, batches);
    }

    private void requireCalibrated() {
        if (!calibrated()) {
            throw new IllegalStateException(
                    "the activation range has seen no batch; calibrate before quantizing");
        }
    }

    private static float corrected(double sum, long batches) {
        return (float) (batches == Long.MAX_VALUE ? sum : sum / (1 - Math.pow(DECAY, batches)));
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

    /**
     * @throws IllegalArgumentException for a text that {@link #save} cannot have written
     */
    public void restore(String saved) {
        String[] parts = saved.split(" ");
        if (parts.length != 3) {
            throw notSaved(saved, null);
        }
        double low;
        double high;
        long count;
        try {
            low = Double.parseDouble(parts[0]);
            high = Double.parseDouble(parts[1]);
            count = Long.parseLong(parts[2]);
        } catch (NumberFormatException e) {
            throw notSaved(saved, e);
        }
        if (count < 1
                || !(low <= high)
                || !Float.isFinite(corrected(low, count))
                || !Float.isFinite(corrected(high, count))) {
            throw notSaved(saved, null);
        }
        lowSum = low;
        highSum = high;
        batches = count;
    }

    private static IllegalArgumentException notSaved(String saved, Throwable cause) {
        return new IllegalArgumentException(
                "saved activation range \""
                        + saved
                        + "\" must hold two finite numbers in order and the number of batches",
                cause);
    }
}
