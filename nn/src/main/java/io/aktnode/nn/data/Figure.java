package io.aktnode.nn.data;

/**
 * The outlines that are the classes of {@link DrawnImages}: signed distances in units of the
 * figure's radius, negative inside. Only {@code + - * /} and square roots, which every JVM rounds
 * alike.
 */
enum Figure {
    DISC {
        @Override
        double distance(double x, double y, double variety) {
            return length(x, y) - 0.9;
        }
    },
    ELLIPSE {
        @Override
        double distance(double x, double y, double variety) {
            double minor = 0.5 + 0.14 * variety;
            double scaled = length(x, y / minor);
            double slope = length(x, y / (minor * minor));
            return slope < 1e-6 ? -minor : scaled * (scaled - 1) / slope;
        }
    },
    RING {
        @Override
        double distance(double x, double y, double variety) {
            double half = 0.14 + 0.16 * variety;
            return Math.abs(length(x, y) - (0.95 - half)) - half;
        }
    },
    TRIANGLE {
        @Override
        double distance(double x, double y, double variety) {
            return polygon(x, y, 3, 0.52);
        }
    },
    SQUARE {
        @Override
        double distance(double x, double y, double variety) {
            return box(x, y, 0.76, 0.76);
        }
    },
    PENTAGON {
        @Override
        double distance(double x, double y, double variety) {
            return polygon(x, y, 5, 0.79);
        }
    },
    STAR {
        @Override
        double distance(double x, double y, double variety) {
            return star(x, y, 0.42 + 0.12 * variety);
        }
    },
    CROSS {
        @Override
        double distance(double x, double y, double variety) {
            double half = 0.2 + 0.13 * variety;
            return Math.min(box(x, y, 0.95, half), box(x, y, half, 0.95));
        }
    },
    CRESCENT {
        @Override
        double distance(double x, double y, double variety) {
            double bite = length(x - 0.35 - 0.25 * variety, y) - 0.72;
            return Math.max(length(x, y) - 0.95, -bite);
        }
    },
    ARROW {
        @Override
        double distance(double x, double y, double variety) {
            double half = 0.16 + 0.12 * variety;
            double shaft = box(x + 0.4, y, 0.55, half);
            double head = Math.max(-x, (x + 1.25 * Math.abs(y) - 0.95) * 0.62);
            return Math.min(shaft, head);
        }
    };

    private static final int MOST_SIDES = 5;

    /** Directions of the sides' normals of the regular polygons, [sides][side][x, y]. */
    private static final double[][][] NORMALS = new double[MOST_SIDES + 1][][];

    static {
        for (int sides = 3; sides <= MOST_SIDES; sides++) {
            NORMALS[sides] = new double[sides][];
            for (int i = 0; i < sides; i++) {
                double angle = 2 * Math.PI * i / sides;
                NORMALS[sides][i] = new double[] {StrictMath.cos(angle), StrictMath.sin(angle)};
            }
        }
    }

    /**
     * Signed distance to the outline, exact near straight sides and close to it elsewhere.
     *
     * @param variety 0 to 1: proportions of the figure
     */
    abstract double distance(double x, double y, double variety);

    private static double length(double x, double y) {
        return Math.sqrt(x * x + y * y);
    }

    private static double box(double x, double y, double halfWidth, double halfHeight) {
        return Math.max(Math.abs(x) - halfWidth, Math.abs(y) - halfHeight);
    }

    /** A regular polygon whose sides are {@code inner} from its centre. */
    private static double polygon(double x, double y, int sides, double inner) {
        double farthest = -inner;
        for (double[] normal : NORMALS[sides]) {
            farthest = Math.max(farthest, x * normal[0] + y * normal[1] - inner);
        }
        return farthest;
    }

    /** A star with five points at distance 1 and five notches at distance {@code notch}. */
    private static double star(double x, double y, double notch) {
        double best = Double.NEGATIVE_INFINITY;
        for (double[] tip : NORMALS[5]) {
            double along = x * tip[0] + y * tip[1];
            if (along > best) {
                best = along;
            }
        }
        // Within 36 degrees of the nearest tip, the outline is one straight line on each side.
        double aside = Math.sqrt(Math.max(0, x * x + y * y - best * best));
        double notchX = notch * COS36;
        double notchY = notch * SIN36;
        double edgeX = notchX - 1;
        double edge = length(edgeX, notchY);
        return ((best - 1) * notchY - aside * edgeX) / edge;
    }

    private static final double COS36 = StrictMath.cos(Math.PI / 5);
    private static final double SIN36 = StrictMath.sin(Math.PI / 5);
}
