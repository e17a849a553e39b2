package io.aktnode.actors.fake;

import static io.aktnode.actors.fake.FakeGenerator.BATCH;
import static io.aktnode.actors.fake.FakeGenerator.CLASSES;
import static io.aktnode.actors.fake.FakeGenerator.PIXELS;
import static io.aktnode.actors.fake.FakeGenerator.SIDE;

import io.aktnode.nn.data.ImageSet;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.model.FloatArray;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.train.GradientReport;
import io.aktnode.nn.train.StudentRole;
import io.aktnode.nn.train.TeacherKnowledge;
import java.util.List;
import java.util.Map;

/** A linear classifier with a calibrated range that follows the teacher's logits by SGD. */
public final class FakeStudent implements StudentRole {

    /** Squares of weights that never move: those that do are few, and near zero. */
    private static final double FROZEN = 1e6;

    private final Tensor images = Tensor.allocate(BATCH, SIDE, SIDE, 1);
    private final Tensor logits = Tensor.allocate(BATCH, CLASSES);
    private final Tensor inputGradient = Tensor.allocate(BATCH, SIDE, SIDE, 1);
    private final float[] gradient = new float[PIXELS * CLASSES];
    private float[] weights = new float[PIXELS * CLASSES];
    private float[] momentum = new float[PIXELS * CLASSES];
    private float range = 0.5f;
    private boolean closed;

    public FakeStudent() {
        for (int j = 0; j < weights.length; j++) {
            weights[j] = 0.1f * (j % 5 - 2);
        }
    }

    @Override
    public Tensor forward(Tensor batch, boolean calibrate) {
        images.copyFrom(batch);
        if (calibrate) {
            float largest = 0;
            for (int j = 0; j < images.length(); j++) {
                largest = Math.max(largest, images.get(j));
            }
            range = 0.9f * range + 0.1f * largest;
        }
        for (int i = 0; i < BATCH; i++) {
            for (int c = 0; c < CLASSES; c++) {
                float sum = 0;
                for (int p = 0; p < PIXELS; p++) {
                    sum += Math.min(range, images.get(i * PIXELS + p)) * weights[c * PIXELS + p];
                }
                logits.set(i * CLASSES + c, sum);
            }
        }
        return logits;
    }

    @Override
    public double activationReach() {
        float largest = 0;
        for (int i = 0; i < images.length(); i++) {
            largest = Math.max(largest, images.get(i));
        }
        return largest / range;
    }

    @Override
    public Tensor inputGradient(Tensor logitGradients) {
        for (int i = 0; i < BATCH; i++) {
            for (int p = 0; p < PIXELS; p++) {
                float sum = 0;
                for (int c = 0; c < CLASSES; c++) {
                    sum += logitGradients.get(i * CLASSES + c) * weights[c * PIXELS + p];
                }
                inputGradient.set(i * PIXELS + p, sum);
            }
        }
        return inputGradient;
    }

    @Override
    public GradientReport gradients(Tensor labels, TeacherKnowledge knowledge) {
        double loss = 0;
        double squares = 0;
        double largest = 0;
        long nonFinite = 0;
        float extra = 0;
        for (Tensor map : knowledge.channelAttention()) {
            extra += 0.01f * map.get(0);
        }
        for (Tensor map : knowledge.spatialAttention()) {
            extra += 0.01f * map.get(1);
        }
        for (int c = 0; c < CLASSES; c++) {
            for (int p = 0; p < PIXELS; p++) {
                float sum = extra;
                for (int i = 0; i < BATCH; i++) {
                    float difference =
                            logits.get(i * CLASSES + c)
                                    - knowledge.logits().get(i * CLASSES + c)
                                    - (labels.getInt(i) == c ? 0.1f : 0f);
                    sum += difference * Math.min(range, images.get(i * PIXELS + p)) / BATCH;
                    loss += difference * difference / BATCH / PIXELS;
                }
                gradient[c * PIXELS + p] = sum;
                squares += (double) sum * sum;
                largest = Math.max(largest, Math.abs(sum));
                nonFinite += Float.isFinite(sum) ? 0 : 1;
            }
        }
        return new GradientReport(Map.of("total", loss), Math.sqrt(squares), largest, nonFinite);
    }

    @Override
    public double apply(double scale, double learningRateFactor) {
        double update = 0;
        double norm = FROZEN;
        for (int j = 0; j < weights.length; j++) {
            momentum[j] = 0.9f * momentum[j] + (float) (scale * gradient[j]);
            float change = (float) (0.02 * learningRateFactor) * momentum[j];
            norm += (double) weights[j] * weights[j];
            weights[j] -= change;
            update += (double) change * change;
        }
        return Math.sqrt(update / norm);
    }

    @Override
    public void discard() {}

    /** Agreement with the teacher's sign pattern, as a percentage: some function of the weights. */
    @Override
    public double evaluate(ImageSet ignored) {
        double sum = 0;
        for (float weight : weights) {
            sum += weight;
        }
        return 50 + 50 * Math.tanh(sum);
    }

    @Override
    public StateDict save() {
        return new StateDict()
                .put("weights", FloatArray.vector(weights.clone()))
                .put("momentum", FloatArray.vector(momentum.clone()))
                .put("range", FloatArray.scalar(range));
    }

    @Override
    public void restore(StateDict state) {
        weights = state.get("weights").values().clone();
        momentum = state.get("momentum").values().clone();
        range = state.get("range").values()[0];
    }

    /** For fault injection. */
    public float[] weights() {
        return weights;
    }

    @Override
    public void close() {
        if (closed) {
            throw new IllegalStateException("closed twice");
        }
        closed = true;
        List.of(images, logits, inputGradient).forEach(Tensor::close);
    }
}
