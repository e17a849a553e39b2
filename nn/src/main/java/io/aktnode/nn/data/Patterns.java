package io.aktnode.nn.data;

/** Ways to mix two colours over a picture: gradients, stripes, checks, blobs. */
final class Patterns {

    private Patterns() {}

    static Canvas.Pattern background(DrawingRandom random) {
        return switch (random.below(5)) {
            case 0 -> gradient(random);
            case 1 -> stripes(random, random.between(3, 12));
            case 2 -> checks(random, random.between(6, 16));
            default -> blobs(random, 3 + random.below(5));
        };
    }

    static Canvas.Pattern figure(DrawingRandom random) {
        return switch (random.below(3)) {
            case 0 -> gradient(random);
            case 1 -> stripes(random, random.between(3, 8));
            default -> blobs(random, 4 + random.below(4));
        };
    }

    private static Canvas.Pattern gradient(DrawingRandom random) {
        double angle = random.between(0, 2 * Math.PI);
        double right = StrictMath.cos(angle) / Canvas.SIDE;
        double down = StrictMath.sin(angle) / Canvas.SIDE;
        double start = 0.5 - (right + down) * Canvas.SIDE / 2;
        return (x, y) -> clamp(start + right * x + down * y);
    }

    /**
     * @param period pixels from one stripe to the next
     */
    private static Canvas.Pattern stripes(DrawingRandom random, double period) {
        double angle = random.between(0, Math.PI);
        double right = StrictMath.cos(angle) / period;
        double down = StrictMath.sin(angle) / period;
        double phase = random.between(100, 101);
        double sharp = random.between(1, 4);
        return (x, y) -> clamp(wave(phase + right * x + down * y) * sharp + 0.5);
    }

    private static Canvas.Pattern checks(DrawingRandom random, double period) {
        double angle = random.between(0, Math.PI);
        double cos = StrictMath.cos(angle) / period;
        double sin = StrictMath.sin(angle) / period;
        double phase = random.between(100, 101);
        double sharp = random.between(4, 16);
        return (x, y) ->
                clamp(
                        wave(phase + cos * x + sin * y) * wave(phase + cos * y - sin * x) * sharp
                                + 0.5);
    }

    /**
     * Smooth random blobs.
     *
     * @param cells blobs per side of the picture
     */
    private static Canvas.Pattern blobs(DrawingRandom random, int cells) {
        int corners = cells + 1;
        double[] values = new double[corners * corners];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.unit();
        }
        double scale = (double) cells / Canvas.SIDE;
        return (x, y) -> {
            double column = x * scale;
            double row = y * scale;
            int left = (int) column;
            int top = (int) row;
            double h = smooth(column - left);
            double v = smooth(row - top);
            int at = top * corners + left;
            double upper = values[at] + h * (values[at + 1] - values[at]);
            double lower =
                    values[at + corners] + h * (values[at + corners + 1] - values[at + corners]);
            return upper + v * (lower - upper);
        };
    }

    /** A triangle wave of period 1, from -0.5 to 0.5; for positive places. */
    private static double wave(double place) {
        double part = place - (long) place;
        return Math.abs(2 * part - 1) - 0.5;
    }

    private static double smooth(double t) {
        return t * t * (3 - 2 * t);
    }

    private static double clamp(double t) {
        return Math.max(0, Math.min(1, t));
    }
}
