package io.aktnode.ops.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.actors.run.Evaluation;
import io.aktnode.nn.data.Normalization;
import io.aktnode.nn.kernel.Tensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlotsTest {

    private static final Normalization HALF =
            new Normalization(List.of(0.5, 0.5, 0.5), List.of(0.5, 0.5, 0.5));

    @TempDir private Path directory;

    private void metrics() {
        try (MetricsCsv csv = new MetricsCsv(directory.resolve("metrics.csv"), false)) {
            for (int step = 0; step < 50; step++) {
                csv.onStep(Samples.metrics(step, step < 20));
            }
        }
    }

    private static int coloured(BufferedImage image) {
        int count = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                int rgb = image.getRGB(x, y);
                boolean grey =
                        (rgb >> 16 & 0xFF) == (rgb >> 8 & 0xFF)
                                && (rgb & 0xFF) == (rgb >> 8 & 0xFF);
                count += grey ? 0 : 1;
            }
        }
        return count;
    }

    @Test
    void drawsCurvesIntoEachPlot() throws IOException {
        metrics();
        AccuracyCsv accuracy = new AccuracyCsv(directory.resolve("accuracy.csv"), false);
        accuracy.onEvaluation(new Evaluation(0, 1, 20, 55));
        accuracy.onEvaluation(new Evaluation(0, 2, 50, 75));

        new Plots(directory).draw(List.of("student"), OptionalDouble.of(88), OptionalDouble.of(46));

        for (String name : List.of("losses.png", "gradient_norms.png", "accuracy.png")) {
            BufferedImage image = ImageIO.read(directory.resolve(name).toFile());
            assertTrue(coloured(image) > 500, name);
        }
    }

    @Test
    void lossesAreThoseOfAllRowsAndNothingElse() {
        List<Map<String, String>> rows =
                List.of(
                        Map.of("step", "0", "student1_total", "1", "student1_feature", "1"),
                        Map.of(
                                "step", "1",
                                "generator_total", "1",
                                "generator_update_ratio", "0.5",
                                "generator_gradient_norm", "1",
                                "generator_gradient_norm_limit", "2",
                                "student_total", "1",
                                "student1_gradient_norm", "1",
                                "update_ratio1", "1"));

        assertEquals(
                List.of("generator_total", "student1_feature", "student1_total", "student_total"),
                Plots.lossColumns(rows));
    }

    @Test
    void drawsNoAccuracyWhereNoneWasMeasured() {
        metrics();

        new Plots(directory)
                .draw(List.of("student"), OptionalDouble.empty(), OptionalDouble.empty());

        assertFalse(Files.exists(directory.resolve("accuracy.png")));
    }

    @Test
    void theGridShowsImagesInTheirOwnColours() throws IOException {
        Path file = directory.resolve("grid.png");
        try (Tensor images = Tensor.allocate(2, 4, 4, 3)) {
            for (int i = 0; i < images.length(); i++) {
                boolean red = i % 3 == 0;
                boolean firstImage = i < images.length() / 2;
                images.set(i, firstImage == red ? 1 : -1);
            }

            ImageGrid.write(images, HALF, file);
        }

        BufferedImage grid = ImageIO.read(file.toFile());
        assertEquals(0xFFFF0000, grid.getRGB(0, 0));
        assertEquals(0xFFFFFFFF, grid.getRGB(8, 0));
        assertEquals(0xFF00FFFF, grid.getRGB(10, 7));
    }

    @Test
    void keepsEvaluationsFromBeforeAResumeThatAreNotDoneAgain() throws IOException {
        Path file = directory.resolve("accuracy.csv");
        AccuracyCsv first = new AccuracyCsv(file, false);
        first.onEvaluation(new Evaluation(0, 1, 20, 55));
        first.onEvaluation(new Evaluation(0, 2, 40, 60));

        new AccuracyCsv(file, true).onEvaluation(new Evaluation(0, 2, 40, 61));

        assertEquals(
                List.of(new Evaluation(0, 1, 20, 55), new Evaluation(0, 2, 40, 61)),
                AccuracyCsv.read(file));
    }
}
