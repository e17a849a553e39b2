package io.aktnode.nn.engine;

import io.aktnode.nn.engine.PlanNode.ConvolutionUnit;
import io.aktnode.nn.engine.PlanNode.Dense;
import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.model.FloatArray;
import io.aktnode.nn.model.StateDict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/** All parameters of a network, by node and by name. */
final class Parameters implements AutoCloseable {

    private final Map<Integer, ConvolutionParameters> convolutions = new LinkedHashMap<>();
    private final Map<Integer, DenseParameters> dense = new LinkedHashMap<>();
    private final Map<String, Tensor> byName = new LinkedHashMap<>();
    private final List<Runnable> refreshes = new ArrayList<>();

    /**
     * @param weightBits bits by layer name, {@link ConvolutionParameters#FULL_PRECISION} for none
     */
    Parameters(NetworkPlan plan, ToIntFunction<String> weightBits) {
        for (int i = 0; i < plan.nodes().size(); i++) {
            PlanNode node = plan.nodes().get(i);
            if (node instanceof ConvolutionUnit unit) {
                add(i, new ConvolutionParameters(unit, weightBits.applyAsInt(unit.convolution())));
            } else if (node instanceof Dense layer) {
                add(i, new DenseParameters(layer, weightBits.applyAsInt(layer.name())));
            }
        }
    }

    private void add(int node, ConvolutionParameters parameters) {
        ConvolutionUnit unit = parameters.unit;
        convolutions.put(node, parameters);
        byName.put(unit.convolution() + ".weight", parameters.weight);
        byName.put(unit.batchNorm() + ".weight", parameters.gamma);
        byName.put(unit.batchNorm() + ".bias", parameters.beta);
        byName.put(unit.batchNorm() + ".running_mean", parameters.mean);
        byName.put(unit.batchNorm() + ".running_var", parameters.variance);
        refreshes.add(parameters::refresh);
    }

    private void add(int node, DenseParameters parameters) {
        dense.put(node, parameters);
        byName.put(parameters.layer.name() + ".weight", parameters.weight);
        byName.put(parameters.layer.name() + ".bias", parameters.bias);
        refreshes.add(parameters::refresh);
    }

    ConvolutionParameters convolution(int node) {
        return convolutions.get(node);
    }

    DenseParameters dense(int node) {
        return dense.get(node);
    }

    /** By node, in order of execution. */
    Map<Integer, ConvolutionParameters> convolutions() {
        return convolutions;
    }

    /** Derives quantized weights and batch norms anew, one layer per task. */
    void refresh(ComputePool pool) {
        pool.run(refreshes.size(), i -> refreshes.get(i).run());
    }

    /** Names, shapes must match; call {@link #refresh} afterwards. */
    void load(StateDict state) {
        byName.forEach(
                (name, tensor) -> {
                    FloatArray array = state.get(name);
                    if (array.values().length != tensor.length()) {
                        throw new IllegalArgumentException(
                                name
                                        + " has "
                                        + array.values().length
                                        + " values, expected "
                                        + tensor);
                    }
                    tensor.set(array.values());
                });
    }

    StateDict save() {
        StateDict state = new StateDict();
        byName.forEach(
                (name, tensor) ->
                        state.put(name, new FloatArray(tensor.shape(), tensor.toFloats())));
        return state;
    }

    @Override
    public void close() {
        convolutions.values().forEach(ConvolutionParameters::close);
        dense.values().forEach(DenseParameters::close);
    }
}
