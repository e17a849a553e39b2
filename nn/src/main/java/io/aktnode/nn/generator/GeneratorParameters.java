package io.aktnode.nn.generator;

import static io.aktnode.nn.generator.GeneratorShape.NARROW;
import static io.aktnode.nn.generator.GeneratorShape.WIDE;

import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.model.FloatArray;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.optim.Parameter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The generator's trainable arrays and their gradients, with PyTorch's names and layouts, so that
 * files and optimizer state need no conversion. Convolutions are (out,in,3,3), the dense layer is
 * (out,in) with its outputs in (channels,height,width) order.
 */
final class GeneratorParameters implements AutoCloseable {

    /** Separates the stream of first weights from those of the noise. */
    private static final long FIRST_WEIGHTS = 0x77656967687473L;

    private final Map<String, Parameter> parameters = new LinkedHashMap<>();

    GeneratorParameters(GeneratorShape shape) {
        add("emb.weight", shape.classes(), shape.latent());
        add("l1.weight", shape.denseOutputs(), shape.latent());
        add("l1.bias", shape.denseOutputs());
        addPair("b0", WIDE);
        addConvolution("c1", WIDE, WIDE);
        addPair("b1", WIDE);
        addConvolution("c2", WIDE, NARROW);
        addPair("b2", NARROW);
        addConvolution("c3", NARROW, shape.channels());
    }

    private void add(String name, int... shape) {
        parameters.put(
                name, new Parameter(name, Tensor.allocate(shape), Tensor.allocate(shape).zero()));
    }

    private void addPair(String layer, int channels) {
        add(layer + ".weight", channels);
        add(layer + ".bias", channels);
    }

    private void addConvolution(String layer, int in, int out) {
        add(layer + ".weight", out, in, 3, 3);
        add(layer + ".bias", out);
    }

    List<Parameter> all() {
        return List.copyOf(parameters.values());
    }

    Tensor value(String name) {
        return parameters.get(name).value();
    }

    Tensor gradient(String name) {
        return parameters.get(name).gradient();
    }

    /**
     * PyTorch's defaults: embedding N(0,1), batch norms 1 and 0, all else uniform in ±1/√(inputs of
     * an output).
     */
    void initialise(long seed) {
        RandomStream random = new RandomStream(seed, FIRST_WEIGHTS);
        double bound = 0;
        for (Parameter parameter : parameters.values()) {
            Tensor value = parameter.value();
            String name = parameter.name();
            boolean bias = name.endsWith(".bias");
            if (!bias) {
                bound = 1 / Math.sqrt((double) value.length() / value.extent(0));
            }
            for (int i = 0; i < value.length(); i++) {
                double drawn =
                        switch (name.charAt(0)) {
                            case 'e' -> random.normal();
                            case 'b' -> bias ? 0 : 1;
                            default -> bound * (2 * random.uniform() - 1);
                        };
                value.set(i, (float) drawn);
            }
        }
    }

    StateDict save() {
        StateDict state = new StateDict();
        parameters.forEach(
                (name, parameter) ->
                        state.put(
                                name,
                                new FloatArray(
                                        parameter.value().shape(), parameter.value().toFloats())));
        return state;
    }

    void restore(StateDict state) {
        parameters.forEach(
                (name, parameter) -> {
                    FloatArray array = state.get(name);
                    parameter.value().require(name, array.shape());
                });
        parameters.forEach((name, parameter) -> parameter.value().set(state.get(name).values()));
    }

    @Override
    public void close() {
        for (Parameter parameter : parameters.values()) {
            parameter.value().close();
            parameter.gradient().close();
        }
    }
}
