package io.aktnode.nn.generator;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.model.FloatArray;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.train.BaseMethod;
import io.aktnode.nn.train.GeneratorConfig;
import io.aktnode.nn.train.GradientReport;
import io.aktnode.nn.train.LogitGradients;
import io.aktnode.nn.train.MethodConfig;
import io.aktnode.nn.train.QuantizationConfig;
import io.aktnode.nn.train.Schedule;
import io.aktnode.nn.train.StudentOptimizerConfig;
import io.aktnode.nn.train.SyntheticBatch;
import io.aktnode.nn.train.TrainingConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EngineGeneratorTest {

    private static final int BATCH = 6;
    private static final int CLASSES = 5;
    private static final GeneratorShape SHAPE = new GeneratorShape(CLASSES, 7, 8, 3);

    private final ComputePool pool = new ComputePool(2);
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable resource : open) {
            resource.close();
        }
        pool.close();
    }

    @Test
    void aBatchDependsOnSeedNoiseEpochAndStepAlone() {
        EngineGenerator one = generator(BaseMethod.GDFQ, 2, 3);
        EngineGenerator other = generator(BaseMethod.GDFQ, 2, 3);
        EngineGenerator otherSeed = generator(BaseMethod.GDFQ, 2, 4);
        one.generate(5);

        float[] images = one.generate(9).images().toFloats();
        assertArrayEquals(images, other.generate(9).images().toFloats());
        other.discard(9);
        other.noiseEpoch(1);
        assertFalse(Arrays.equals(images, other.generate(9).images().toFloats()), "epoch");
        assertFalse(Arrays.equals(images, other.generate(8).images().toFloats()), "step");
        assertFalse(Arrays.equals(images, otherSeed.generate(9).images().toFloats()), "seed");
    }

    @Test
    void labelsCoverTheClassesEvenly() {
        EngineGenerator generator = generator(BaseMethod.GDFQ, 1, 3);
        int[] counts = new int[CLASSES];
        for (int step = 0; step < 200; step++) {
            Tensor labels = generator.generate(step).labels();
            for (int i = 0; i < BATCH; i++) {
                counts[labels.getInt(i)]++;
            }
            generator.discard(step);
        }
        for (int count : counts) {
            // 240 expected, standard deviation 14.
            assertEquals(240, count, 70, Arrays.toString(counts));
        }
    }

    @Test
    void imagesAreNormalisedOverTheBatch() {
        Tensor images = generator(BaseMethod.GDFQ, 1, 3).generate(0).images();

        for (int c = 0; c < 3; c++) {
            double sum = 0;
            double squares = 0;
            for (int i = c; i < images.length(); i += 3) {
                sum += images.get(i);
                squares += Math.pow(images.get(i), 2);
            }
            int pixels = images.length() / 3;
            assertEquals(0, sum / pixels, 1e-5);
            assertEquals(1, squares / pixels, 1e-2);
        }
    }

    @Test
    void reportHasTheLossesAndTheGradientsNorm() {
        EngineGenerator generator = generator(BaseMethod.ADADFQ, 1, 3);
        generator.generate(0);
        LogitGradients logits =
                generator.logitGradients(
                        0, random(1, BATCH, CLASSES), List.of(random(2, BATCH, CLASSES)));

        GradientReport report = generator.gradients(0, List.of(imageGradient(3)), 2.5);

        double withoutBatchNorm = logits.losses().get("total");
        assertEquals(withoutBatchNorm + 2.5, report.losses().get("total"), 1e-12);
        assertEquals(2.5, report.losses().get("bn_statistics"));
        assertTrue(report.losses().containsKey("margin"), "parts are " + report.losses());
        assertTrue(report.finite() && report.norm() > 0, "report is " + report);
        assertTrue(report.largest() <= report.norm(), "report is " + report);
        assertEquals(1, logits.students().size());
    }

    @Test
    void gradientsOfTeacherAndStudentAddUp() {
        EngineGenerator apart = generator(BaseMethod.ADADFQ, 1, 3);
        EngineGenerator together = generator(BaseMethod.ADADFQ, 1, 3);
        Tensor first = imageGradient(3);
        Tensor second = imageGradient(4);
        Tensor sum = imageGradient(3);
        for (int i = 0; i < sum.length(); i++) {
            sum.set(i, first.get(i) + second.get(i));
        }

        GradientReport one = step(apart, 0, List.of(first, second));
        GradientReport other = step(together, 0, List.of(sum));

        assertEquals(other, one);
        assertSameState(together, apart);
    }

    @Test
    void aGradientThatIsNotANumberShowsInTheReport() {
        EngineGenerator generator = generator(BaseMethod.GDFQ, 1, 3);
        Tensor gradient = imageGradient(3);
        gradient.set(17, Float.NaN);
        generator.generate(0);
        generator.logitGradients(0, random(1, BATCH, CLASSES), List.of());

        GradientReport report = generator.gradients(0, List.of(gradient), 0);

        assertFalse(report.finite(), "report is " + report);
        assertTrue(report.nonFinite() > 0, "report is " + report);
    }

    @Test
    void aDiscardedStepLeavesNoTrace() {
        EngineGenerator disturbed = generator(BaseMethod.GDFQ, 1, 3);
        EngineGenerator undisturbed = generator(BaseMethod.GDFQ, 1, 3);
        Tensor broken = imageGradient(3);
        broken.set(17, Float.NaN);
        disturbed.generate(0);
        disturbed.logitGradients(0, random(1, BATCH, CLASSES), List.of());
        disturbed.gradients(0, List.of(broken), 0);
        disturbed.discard(0);
        disturbed.generate(1);
        disturbed.discard(1);

        step(disturbed, 2, List.of(imageGradient(4)));
        step(undisturbed, 2, List.of(imageGradient(4)));

        assertSameState(undisturbed, disturbed);
    }

    @Test
    void aRestoredGeneratorContinuesBitForBit() {
        EngineGenerator original = generator(BaseMethod.GDFQ, 1, 3);
        step(original, 0, List.of(imageGradient(3)));
        original.noiseEpoch(4);
        step(original, 1, List.of(imageGradient(4)));
        StateDict saved = original.save();
        EngineGenerator resumed = generator(BaseMethod.GDFQ, 1, 3);
        resumed.generate(77);

        resumed.restore(saved);

        for (long step = 2; step < 4; step++) {
            assertEquals(
                    step(original, step, List.of(imageGradient(5))),
                    step(resumed, step, List.of(imageGradient(5))));
        }
        assertSameState(original, resumed);
    }

    @Test
    void aStateThatDoesNotFitChangesNothing() {
        EngineGenerator generator = generator(BaseMethod.GDFQ, 1, 3);
        StateDict before = generator.save();
        StateDict wrong = new StateDict();
        before.arrays()
                .forEach(
                        (name, array) ->
                                wrong.put(
                                        name,
                                        name.equals("generator/c3.bias")
                                                ? FloatArray.vector(1, 2)
                                                : new FloatArray(
                                                        array.shape(),
                                                        new float[array.values().length])));

        var thrown = assertThrows(IllegalArgumentException.class, () -> generator.restore(wrong));

        assertEquals("c3.bias is [3], expected [2]", thrown.getMessage());
        assertArrayEquals(
                before.get("generator/c2.weight").values(),
                generator.save().get("generator/c2.weight").values());
    }

    /** What a step's images and gradients were drawn with stays, although weights move on. */
    @Test
    void aStepKeepsTheWeightsItWasDrawnWith() {
        EngineGenerator ahead = generator(BaseMethod.GDFQ, 2, 3);
        EngineGenerator alone = generator(BaseMethod.GDFQ, 1, 3);
        ahead.generate(0);
        SyntheticBatch early = ahead.generate(1);
        float[] images = early.images().toFloats();
        finish(ahead, 0, List.of(imageGradient(3)));

        assertArrayEquals(images, early.images().toFloats());
        assertArrayEquals(images, alone.generate(1).images().toFloats());
        assertEquals(
                finishWithoutUpdate(alone, 1, imageGradient(4)),
                finishWithoutUpdate(ahead, 1, imageGradient(4)));
    }

    @Test
    void callsOutOfOrderAreRefused() {
        EngineGenerator generator = generator(BaseMethod.GDFQ, 1, 3);
        Tensor gradient = imageGradient(3);
        generator.generate(6);

        assertMessage(
                "step 7 cannot start, in flight are [6] of window=1", () -> generator.generate(7));
        assertMessage(
                "step 6 has no logit gradients yet, so no gradients either",
                () -> generator.gradients(6, List.of(gradient), 0));
        assertMessage(
                "step 6 cannot be applied, the gradients at hand are of step -1",
                () -> generator.apply(6, 1, 1));
        assertMessage("step 9 is not in flight, but [6]", () -> generator.apply(9, 1, 1));
        assertMessage(
                "steps [6] are in flight; apply or discard them before saving", generator::save);
    }

    private static void assertMessage(String expected, Runnable call) {
        var thrown = assertThrows(IllegalStateException.class, call::run);
        assertEquals(expected, thrown.getMessage());
    }

    private GradientReport step(EngineGenerator generator, long step, List<Tensor> gradients) {
        generator.generate(step);
        return finish(generator, step, gradients);
    }

    private GradientReport finish(EngineGenerator generator, long step, List<Tensor> gradients) {
        logits(generator, step);
        GradientReport report = generator.gradients(step, gradients, 0);
        generator.apply(step, 1, 1);
        return report;
    }

    private GradientReport finishWithoutUpdate(EngineGenerator generator, long step, Tensor g) {
        logits(generator, step);
        GradientReport report = generator.gradients(step, List.of(g), 0);
        generator.discard(step);
        return report;
    }

    private void logits(EngineGenerator generator, long step) {
        boolean reads = generator.bnStatisticsWeight() == 1;
        generator.logitGradients(
                step,
                random(1, BATCH, CLASSES),
                reads ? List.of(random(2, BATCH, CLASSES)) : List.of());
    }

    private static void assertSameState(EngineGenerator expected, EngineGenerator actual) {
        StateDict wanted = expected.save();
        StateDict found = actual.save();
        assertEquals(wanted.arrays().keySet(), found.arrays().keySet());
        wanted.arrays()
                .forEach(
                        (name, array) ->
                                assertArrayEquals(array.values(), found.get(name).values(), name));
    }

    private EngineGenerator generator(BaseMethod method, int window, long seed) {
        TrainingConfig config =
                new TrainingConfig(
                        MethodConfig.of(method, false),
                        QuantizationConfig.of(3),
                        Schedule.of(5, 10),
                        StudentOptimizerConfig.defaults(),
                        new GeneratorConfig(SHAPE.latent(), 1e-3, 0.5, 0.999),
                        BATCH,
                        4,
                        seed);
        EngineGenerator generator = new EngineGenerator(config, SHAPE, window, pool);
        open.add(generator);
        return generator;
    }

    private Tensor imageGradient(int seed) {
        return random(seed, SHAPE.images(BATCH));
    }

    private Tensor random(int seed, int... shape) {
        Random random = new Random(seed);
        Tensor tensor = Tensor.allocate(shape);
        open.add(tensor);
        for (int i = 0; i < tensor.length(); i++) {
            tensor.set(i, (float) random.nextGaussian());
        }
        return tensor;
    }
}
