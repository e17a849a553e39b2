package io.aktnode.nn.optim;

import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.kernel.OptimizerKernels;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.model.FloatArray;
import io.aktnode.nn.model.StateDict;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/** Optimizer state: for each slot, such as {@code momentum}, one tensor beside each parameter. */
final class Slots implements AutoCloseable {

    private final List<Parameter> parameters;
    private final ComputePool pool;
    private final Chunks chunks;
    private final double[] sums;
    private final Map<String, List<Tensor>> slots = new LinkedHashMap<>();

    Slots(List<Parameter> parameters, ComputePool pool, String... slots) {
        Set<String> names = new HashSet<>();
        for (Parameter parameter : parameters) {
            if (!names.add(parameter.name())) {
                throw new IllegalArgumentException(
                        "parameter " + parameter.name() + " is there twice");
            }
        }
        this.parameters = List.copyOf(parameters);
        this.pool = pool;
        this.chunks = new Chunks(parameters);
        this.sums = new double[chunks.count() * OptimizerKernels.UPDATE_SUMS];
        for (String slot : slots) {
            List<Tensor> tensors = new ArrayList<>();
            for (Parameter parameter : parameters) {
                tensors.add(Tensor.allocate(parameter.value().shape()).zero());
            }
            this.slots.put(slot, tensors);
        }
    }

    /** Updates one piece; {@code sums} from {@code at} take the kernel's sums. */
    @FunctionalInterface
    interface Update {
        void run(Parameter parameter, int index, int from, int to, double[] sums, int at);
    }

    Tensor slot(String slot, int index) {
        return slots.get(slot).get(index);
    }

    /** Runs the update over all parameters and returns the update ratio. */
    double update(Update update) {
        chunks.forEach(
                pool,
                (chunk, index, from, to) ->
                        update.run(
                                parameters.get(index),
                                index,
                                from,
                                to,
                                sums,
                                chunk * OptimizerKernels.UPDATE_SUMS));
        double change = 0;
        double weight = 0;
        for (int i = 0; i < sums.length; i += OptimizerKernels.UPDATE_SUMS) {
            change += sums[i];
            weight += sums[i + 1];
        }
        return weight == 0 ? 0 : Math.sqrt(change / weight);
    }

    /** 2-norm of all parameters together, accumulated in double. */
    double valueNorm() {
        return GradientSummary.of(chunks, pool, index -> parameters.get(index).value()).norm();
    }

    StateDict save() {
        StateDict state = new StateDict();
        forEach((key, tensor) -> state.put(key, new FloatArray(tensor.shape(), tensor.toFloats())));
        return state;
    }

    /** Checks everything first, so that a state that does not fit changes nothing. */
    void restore(StateDict state) {
        forEach((key, tensor) -> tensor.require(key, state.get(key).shape()));
        forEach((key, tensor) -> tensor.set(state.get(key).values()));
    }

    private void forEach(BiConsumer<String, Tensor> work) {
        slots.forEach(
                (slot, tensors) -> {
                    for (int i = 0; i < tensors.size(); i++) {
                        work.accept(slot + "/" + parameters.get(i).name(), tensors.get(i));
                    }
                });
    }

    void reset() {
        slots.values().forEach(tensors -> tensors.forEach(Tensor::zero));
    }

    @Override
    public void close() {
        slots.values().forEach(tensors -> tensors.forEach(Tensor::close));
    }
}
