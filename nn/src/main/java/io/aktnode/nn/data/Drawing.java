package io.aktnode.nn.data;

/** Composes one drawing after the other: background, clutter, figure, cover, camera. One thread. */
final class Drawing {

    private static final Canvas.Pattern PLAIN = (x, y) -> 0;

    private final Canvas canvas = new Canvas();

    void draw(Figure figure, DrawingRandom random, byte[] destination, int offset) {
        float[] ground = colour(random);
        canvas.fill(Patterns.background(random), ground, near(ground, random, 80));
        for (int i = random.below(4); i > 0; i--) {
            clutter(random, random.between(0, 32), random.between(0, 32), colour(random));
        }
        double radius = random.between(6, 12.5);
        double x = random.between(10, 22);
        double y = random.between(10, 22);
        figure(figure, random, x, y, radius, contrasting(ground, random));
        if (random.chance(0.4)) {
            double angle = random.between(0, 2 * Math.PI);
            double far = radius * random.between(0.5, 1.1);
            clutter(
                    random,
                    x + far * StrictMath.cos(angle),
                    y + far * StrictMath.sin(angle),
                    random.chance(0.5) ? ground : colour(random));
        }
        if (random.chance(0.5)) {
            canvas.blur((float) random.between(0.2, 1));
        }
        canvas.addNoise(random, (float) random.between(0, 16));
        canvas.store(
                (float) random.between(0.3, 1.15),
                (float) random.between(-50, 50),
                destination,
                offset);
    }

    private void figure(
            Figure figure,
            DrawingRandom random,
            double x,
            double y,
            double radius,
            float[] colour) {
        double angle = random.between(0, 2 * Math.PI);
        double stretch = random.between(0.88, 1);
        double cos = StrictMath.cos(angle) / radius;
        double sin = StrictMath.sin(angle) / radius;
        double variety = random.unit();
        // The stretch is along the picture's axes, not the figure's, so that it tells nothing.
        double wide = random.chance(0.5) ? 1 / stretch : 1;
        double high = wide == 1 ? 1 / stretch : 1;
        Canvas.Outline outline =
                (px, py) -> {
                    double dx = (px - x) * wide;
                    double dy = (py - y) * high;
                    return figure.distance(cos * dx + sin * dy, cos * dy - sin * dx, variety)
                            * radius;
                };
        Canvas.Pattern pattern = random.chance(0.5) ? PLAIN : Patterns.figure(random);
        float[] second = near(colour, random, 60);
        double reach = radius * 1.05 + 1;
        if (random.chance(0.3)) {
            float[] border = near(colour, random, 120);
            double width = random.between(1, 2);
            canvas.paint(outline, x, y, reach, PLAIN, border, border);
            canvas.paint(
                    (px, py) -> outline.distance(px, py) + width,
                    x,
                    y,
                    reach,
                    pattern,
                    colour,
                    second);
        } else {
            canvas.paint(outline, x, y, reach, pattern, colour, second);
        }
    }

    /** A small bar or dot that is no figure of any class. */
    private void clutter(DrawingRandom random, double x, double y, float[] colour) {
        double half = random.between(1, 7);
        double thick = random.between(0.5, 2.2);
        double angle = random.between(0, Math.PI);
        double cos = StrictMath.cos(angle);
        double sin = StrictMath.sin(angle);
        Canvas.Outline bar =
                (px, py) -> {
                    double dx = px - x;
                    double dy = py - y;
                    double along = Math.max(0, Math.abs(cos * dx + sin * dy) - half);
                    double across = cos * dy - sin * dx;
                    return Math.sqrt(along * along + across * across) - thick;
                };
        canvas.paint(bar, x, y, half + thick + 1, PLAIN, colour, colour);
    }

    private static float[] colour(DrawingRandom random) {
        return new float[] {
            (float) random.between(15, 240),
            (float) random.between(15, 240),
            (float) random.between(15, 240)
        };
    }

    private static float[] near(float[] colour, DrawingRandom random, double distance) {
        float[] result = new float[3];
        for (int channel = 0; channel < 3; channel++) {
            double value = colour[channel] + random.between(-distance, distance);
            result[channel] = (float) Math.max(0, Math.min(255, value));
        }
        return result;
    }

    /** A colour that can be told from another, sometimes barely. */
    private static float[] contrasting(float[] other, DrawingRandom random) {
        double least = random.between(50, 110);
        for (int attempt = 0; attempt < 20; attempt++) {
            float[] candidate = colour(random);
            double sum = 0;
            for (int channel = 0; channel < 3; channel++) {
                double difference = candidate[channel] - other[channel];
                sum += difference * difference;
            }
            if (sum >= least * least) {
                return candidate;
            }
        }
        float far = other[0] + other[1] + other[2] < 384 ? 235 : 20;
        return new float[] {far, far, far};
    }
}
