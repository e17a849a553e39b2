package io.aktnode.nn.loss;

/** Range checks of the loss settings; each names the setting, its value and the limit. */
final class Settings {

    private Settings() {}

    static void notNegative(String name, double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(name + "=" + value + " must be 0 or greater");
        }
    }

    static void positive(String name, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(name + "=" + value + " must be greater than 0");
        }
    }
}
