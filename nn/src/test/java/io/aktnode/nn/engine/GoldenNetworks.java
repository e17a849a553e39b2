package io.aktnode.nn.engine;

import io.aktnode.nn.golden.Golden;
import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.train.QuantizationConfig;
import io.aktnode.nn.zoo.CifarResNet;
import java.util.Optional;

/** Networks of the depth, classes and batch size that golden files hold. */
final class GoldenNetworks {

    private GoldenNetworks() {}

    static Network compile(
            Golden teacher,
            NetworkMode mode,
            Optional<QuantizationConfig> quantization,
            int shards,
            ComputePool pool) {
        StateDict weights = teacher.state("teacher/");
        long units =
                weights.arrays().keySet().stream()
                        .filter(name -> name.startsWith("features.stage1."))
                        .filter(name -> name.endsWith(".body.conv1.conv.weight"))
                        .count();
        int[] input = teacher.shape("input");
        Network network =
                Network.compile(
                        CifarResNet.graph(
                                (int) (6 * units + 2), teacher.shape("logits")[1], input[2], 1),
                        new NetworkSettings(input[2], input[0], shards, mode, quantization),
                        pool);
        network.load(weights);
        return network;
    }
}
