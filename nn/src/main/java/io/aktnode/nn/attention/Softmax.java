package io.aktnode.nn.attention;

/** Softmax of a short row, in double. */
final class Softmax {

    private Softmax() {}

    static void inPlace(double[] values) {
        of(values, 1, values);
    }

    /**
     * {@code result = softmax(values / temperature)}.
     *
     * @return log of the sum of exponentials of {@code values / temperature}
     */
    static double of(double[] values, double temperature, double[] result) {
        double largest = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            largest = Math.max(largest, value);
        }
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            result[i] = Math.exp((values[i] - largest) / temperature);
            sum += result[i];
        }
        for (int i = 0; i < values.length; i++) {
            result[i] /= sum;
        }
        return Math.log(sum) + largest / temperature;
    }
}
