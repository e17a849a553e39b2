package io.aktnode.actors.fake;

import static io.aktnode.actors.fake.FakeGenerator.BATCH;
import static io.aktnode.actors.fake.FakeGenerator.CLASSES;
import static io.aktnode.actors.fake.FakeGenerator.PIXELS;
import static io.aktnode.actors.fake.FakeGenerator.SIDE;

import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.train.TeacherKnowledge;
import io.aktnode.nn.train.TeacherRole;
import java.util.List;

/** A fixed linear classifier; with AKT it also gives attention maps of one tap. */
public final class FakeTeacher implements TeacherRole {

    private final boolean akt;
    private final Tensor images = Tensor.allocate(BATCH, SIDE, SIDE, 1);
    private final Tensor logits = Tensor.allocate(BATCH, CLASSES);
    private final Tensor channelAttention = Tensor.allocate(BATCH, 2);
    private final Tensor spatialAttention = Tensor.allocate(BATCH, PIXELS);
    private final Tensor inputGradient = Tensor.allocate(BATCH, SIDE, SIDE, 1);
    private boolean closed;

    public FakeTeacher(boolean akt) {
        this.akt = akt;
    }

    private static float weight(int pixel, int label) {
        return (float) Math.sin(1 + pixel * 3 + label);
    }

    @Override
    public TeacherKnowledge forward(Tensor batch) {
        images.copyFrom(batch);
        double mean = 0;
        for (int i = 0; i < BATCH; i++) {
            for (int c = 0; c < CLASSES; c++) {
                float sum = 0;
                for (int p = 0; p < PIXELS; p++) {
                    sum += images.get(i * PIXELS + p) * weight(p, c);
                }
                logits.set(i * CLASSES + c, sum);
            }
            for (int p = 0; p < PIXELS; p++) {
                float value = images.get(i * PIXELS + p);
                mean += value / (BATCH * PIXELS);
                spatialAttention.set(i * PIXELS + p, value * value);
            }
            channelAttention.set(2 * i, images.get(i * PIXELS));
            channelAttention.set(2 * i + 1, images.get(i * PIXELS + 1));
        }
        return new TeacherKnowledge(
                logits,
                akt ? List.of(channelAttention) : List.of(),
                akt ? List.of(spatialAttention) : List.of(),
                mean * mean);
    }

    @Override
    public Tensor inputGradient(Tensor logitGradients) {
        for (int i = 0; i < BATCH; i++) {
            for (int p = 0; p < PIXELS; p++) {
                float sum = 0.01f * images.get(i * PIXELS + p);
                for (int c = 0; c < CLASSES; c++) {
                    sum += logitGradients.get(i * CLASSES + c) * weight(p, c);
                }
                inputGradient.set(i * PIXELS + p, sum);
            }
        }
        return inputGradient;
    }

    @Override
    public void close() {
        if (closed) {
            throw new IllegalStateException("closed twice");
        }
        closed = true;
        List.of(images, logits, channelAttention, spatialAttention, inputGradient)
                .forEach(Tensor::close);
    }
}
