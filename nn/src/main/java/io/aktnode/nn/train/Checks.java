package io.aktnode.nn.train;

/**
 * Range checks shared by the configuration records; each names the setting, its value and the
 * limit.
 */
public final class Checks {

    private Checks() {}

    public static void positive(String name, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(name + "=" + value + " must be greater than 0");
        }
    }

    public static void notNegative(String name, double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(name + "=" + value + " must be 0 or greater");
        }
    }

    public static void between(String name, long value, long low, long high) {
        if (value < low || value > high) {
            throw new IllegalArgumentException(
                    name + "=" + value + " must be between " + low + " and " + high);
        }
    }

    public static void fraction(String name, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(
                    name + "=" + value + " must be at least 0 and below 1");
        }
    }
}
