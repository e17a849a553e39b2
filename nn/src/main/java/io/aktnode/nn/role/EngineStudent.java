package io.aktnode.nn.role;

import io.aktnode.nn.data.ImageSet;
import io.aktnode.nn.data.Normalization;
import io.aktnode.nn.engine.Network;
import io.aktnode.nn.engine.NetworkMode;
import io.aktnode.nn.engine.NetworkSettings;
import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.loss.StudentLoss;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.optim.GradientSummary;
import io.aktnode.nn.optim.SgdNesterov;
import io.aktnode.nn.train.GradientReport;
import io.aktnode.nn.train.MethodConfig;
import io.aktnode.nn.train.StudentRole;
import io.aktnode.nn.train.TeacherKnowledge;
import io.aktnode.nn.train.TrainingConfig;
import io.aktnode.nn.zoo.Architecture;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A quantized student on the fused engine. It starts from the teacher's weights; batch norm
 * statistics stay as they are, every weight, γ and β is trained through the quantizers as if they
 * were the identity.
 */
public final class EngineStudent implements StudentRole {

    private static final String OPTIMIZER = "optimizer/";

    private final Network network;
    private final SgdNesterov optimizer;
    private final StudentLoss loss;
    private final MethodConfig method;
    private final ComputePool pool;
    private final Normalization normalization;
    private final Tensor logitGradient;
    private Tensor logits;

    /**
     * @param teacherWeights with the architecture's names and shapes
     * @param normalization of evaluation images
     */
    public EngineStudent(
            Architecture architecture,
            StateDict teacherWeights,
            TrainingConfig config,
            Normalization normalization,
            ComputePool pool) {
        this.method = config.method();
        this.pool = pool;
        this.normalization = normalization;
        this.network =
                Network.compile(
                        architecture.graph(config.seed()),
                        new NetworkSettings(
                                architecture.size(),
                                config.batchSize(),
                                config.shards(),
                                NetworkMode.STUDENT,
                                Optional.of(config.quantization())),
                        pool);
        network.load(teacherWeights);
        this.optimizer = new SgdNesterov(network.trainable(), config.student(), pool);
        this.loss = StudentLoss.of(method.base());
        this.logitGradient = Tensor.allocate(config.batchSize(), architecture.classes());
    }

    @Override
    public Tensor forward(Tensor images, boolean calibrate) {
        logits = calibrate ? network.calibrate(images) : network.forward(images);
        return logits;
    }

    @Override
    public double activationReach() {
        return network.activationReach();
    }

    @Override
    public Tensor inputGradient(Tensor logitGradients) {
        return network.inputGradient(logitGradients);
    }

    @Override
    public GradientReport gradients(Tensor labels, TeacherKnowledge knowledge) {
        Map<String, Double> losses =
                new HashMap<>(loss.evaluate(logits, knowledge.logits(), labels, logitGradient));
        if (method.akt()) {
            network.taps()
                    .distill(
                            knowledge.channelAttention(),
                            knowledge.spatialAttention(),
                            method.aktTemperature(),
                            method.aktWeight());
        }
        network.parameterGradients(logitGradient);
        if (method.akt()) {
            double feature = network.taps().featureLoss();
            losses.put("feature", feature);
            losses.merge("total", feature, Double::sum);
        }
        GradientSummary summary = GradientSummary.of(network.trainable(), pool);
        return new GradientReport(
                losses,
                summary.norm(),
                summary.largest(),
                summary.nonFinite(),
                optimizer.updateRatio(summary.norm()));
    }

    @Override
    public double apply(double scale, double learningRateFactor) {
        double ratio = optimizer.step(scale, learningRateFactor);
        network.parametersChanged();
        return ratio;
    }

    @Override
    public void discard() {
        // The gradients are overwritten by the next step; nothing else was changed.
    }

    @Override
    public double evaluate(ImageSet images) {
        return Evaluator.top1(network, images, normalization);
    }

    @Override
    public StateDict save() {
        return network.save().putAll(OPTIMIZER, optimizer.save());
    }

    @Override
    public void restore(StateDict state) {
        network.load(state);
        optimizer.restore(state.sub(OPTIMIZER));
    }

    @Override
    public void close() {
        optimizer.close();
        network.close();
        logitGradient.close();
    }
}
