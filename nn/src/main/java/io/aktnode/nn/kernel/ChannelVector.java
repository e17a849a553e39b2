package io.aktnode.nn.kernel;

import java.util.Arrays;

/**
 * One float for each channel, repeated on the heap so that a whole number of SIMD registers covers
 * a whole number of repetitions: element {@code i} of a channels-last array belongs to {@code
 * repeated[i % repeated.length]}.
 */
public final class ChannelVector {

    private final int channels;
    private final float[] repeated;

    public ChannelVector(int channels) {
        this.channels = channels;
        this.repeated = new float[period(channels)];
    }

    /** The smallest multiple of the channels that fills whole SIMD registers. */
    static int period(int channels) {
        int lanes = Kernels.fastest().lanes();
        int length = channels;
        while (length % lanes != 0) {
            length += channels;
        }
        return length;
    }

    public static ChannelVector of(float... values) {
        ChannelVector vector = new ChannelVector(values.length);
        for (int c = 0; c < values.length; c++) {
            vector.set(c, values[c]);
        }
        return vector;
    }

    public static ChannelVector filled(int channels, float value) {
        ChannelVector vector = new ChannelVector(channels);
        Arrays.fill(vector.repeated, value);
        return vector;
    }

    public int channels() {
        return channels;
    }

    public float get(int channel) {
        return repeated[channel];
    }

    public void set(int channel, float value) {
        for (int i = channel; i < repeated.length; i += channels) {
            repeated[i] = value;
        }
    }

    float[] repeated() {
        return repeated;
    }
}
