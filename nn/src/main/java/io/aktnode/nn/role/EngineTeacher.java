package io.aktnode.nn.role;

import io.aktnode.nn.engine.Network;
import io.aktnode.nn.engine.NetworkMode;
import io.aktnode.nn.engine.NetworkSettings;
import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.train.BaseMethod;
import io.aktnode.nn.train.TeacherKnowledge;
import io.aktnode.nn.train.TeacherRole;
import io.aktnode.nn.train.TrainingConfig;
import io.aktnode.nn.zoo.Architecture;
import java.util.List;
import java.util.Optional;

/** The full-precision teacher on the fused engine; its batch norms are frozen. */
public final class EngineTeacher implements TeacherRole {

    /** γ of AdaDFQ and 0.1 of GDFQ: the weight of BN statistics in the generator's loss. */
    private static final double ADADFQ_STATISTICS = 1.0;

    private static final double GDFQ_STATISTICS = 0.1;

    private final Network network;
    private final ComputePool pool;
    private final boolean attention;

    /**
     * @param weights with the architecture's names and shapes
     */
    public EngineTeacher(
            Architecture architecture, StateDict weights, TrainingConfig config, ComputePool pool) {
        this.pool = pool;
        this.attention = config.method().akt();
        this.network =
                Network.compile(
                        architecture.graph(config.seed()),
                        new NetworkSettings(
                                architecture.size(),
                                config.batchSize(),
                                config.shards(),
                                NetworkMode.TEACHER,
                                Optional.empty()),
                        pool);
        network.load(weights);
        network.batchNormStatisticsWeight(statisticsWeight(config.method().base()));
    }

    /** Weight of the BN-statistics loss in a method's generator loss. */
    public static double statisticsWeight(BaseMethod method) {
        return switch (method) {
            case GDFQ -> GDFQ_STATISTICS;
            case ADADFQ -> ADADFQ_STATISTICS;
        };
    }

    @Override
    public TeacherKnowledge forward(Tensor images) {
        Tensor logits = network.forward(images);
        double statistics = network.batchNormStatistics();
        if (!attention) {
            return new TeacherKnowledge(logits, List.of(), List.of(), statistics);
        }
        network.taps().compute(pool);
        return new TeacherKnowledge(
                logits, network.taps().channel(), network.taps().spatial(), statistics);
    }

    @Override
    public Tensor inputGradient(Tensor logitGradients) {
        return network.inputGradient(logitGradients);
    }

    @Override
    public void close() {
        network.close();
    }
}
