package io.aktnode.nn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FigureTest {

    private static final double STEP = 0.01;

    @ParameterizedTest
    @EnumSource(Figure.class)
    void liesWithinItsRadiusAndCoversAFairPartOfIt(Figure figure) {
        for (double variety : new double[] {0, 0.5, 1}) {
            int inside = 0;
            double farthest = 0;
            for (double y = -1.5; y < 1.5; y += STEP) {
                for (double x = -1.5; x < 1.5; x += STEP) {
                    if (figure.distance(x, y, variety) < 0) {
                        inside++;
                        farthest = Math.max(farthest, Math.hypot(x, y));
                    }
                }
            }
            double area = inside * STEP * STEP;
            assertTrue(area > 0.5 && area < 2.7, figure + " has area " + area);
            assertTrue(farthest > 0.85 && farthest < 1.12, figure + " reaches " + farthest);
        }
    }

    @ParameterizedTest
    @EnumSource(Figure.class)
    void changesByNoMoreThanTheDistanceWalkedSoThatEdgesAreSoft(Figure figure) {
        for (double variety : new double[] {0, 0.5, 1}) {
            for (double y = -1.2; y < 1.2; y += STEP) {
                for (double x = -1.2; x < 1.2; x += STEP) {
                    double here = figure.distance(x, y, variety);
                    if (Math.abs(here) < 0.1) {
                        double right = figure.distance(x + STEP, y, variety) - here;
                        double down = figure.distance(x, y + STEP, variety) - here;
                        double slope = Math.max(Math.abs(right), Math.abs(down)) / STEP;
                        assertTrue(slope < 1.05, figure + " " + x + " " + y + " " + slope);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Figure.class)
    void isItsOwnMirrorImageSoThatFlippingKeepsTheClass(Figure figure) {
        for (double y = -1.2; y < 1.2; y += STEP) {
            for (double x = -1.2; x < 1.2; x += STEP) {
                double here = figure.distance(x, y, 0.3);
                assertEquals(here, figure.distance(x, -y, 0.3), 1e-9, figure::name);
            }
        }
    }
}
