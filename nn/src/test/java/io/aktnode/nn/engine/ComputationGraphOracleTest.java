package io.aktnode.nn.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.nn.golden.Golden;
import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.optim.Parameter;
import io.aktnode.nn.zoo.CifarResNet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The compiled float network against DL4J's own execution of the same graph. */
class ComputationGraphOracleTest {

    private static final int BATCH = 6;
    private static final int SIZE = 16;
    private static final int CLASSES = 7;

    private final ComputePool pool = new ComputePool(2);
    private final ComputationGraph graph = CifarResNet.graph(14, CLASSES, SIZE, 3);
    private final Tensor images = RandomNetworks.normal(5, BATCH, SIZE, SIZE, 3);
    private final Network network =
            Network.compile(
                    graph,
                    new NetworkSettings(SIZE, BATCH, 3, NetworkMode.STUDENT, Optional.empty()),
                    pool);
    private final StateDict weights = RandomNetworks.parameters(network.parameterShapes(), 4);

    @AfterEach
    void close() {
        network.close();
        images.close();
        pool.close();
    }

    @Test
    void logitsEqualTheGraphsOutput() {
        GraphParameters.write(weights, graph);
        network.load(weights);

        float[] actual = network.forward(images).toFloats();

        float[] expected = graph.output(nchw())[0].dup('c').data().asFloat();
        assertClose("logits", expected, actual, 1e-4);
    }

    @Test
    void parametersSurviveTheRoundTripThroughTheGraph() {
        GraphParameters.write(weights, graph);

        StateDict read = GraphParameters.read(graph);

        weights.arrays()
                .forEach(
                        (name, array) ->
                                assertClose(name, array.values(), read.get(name).values(), 0));
    }

    @Test
    void parameterGradientsEqualTheFoldedGraphs() {
        network.load(weights);
        network.forward(images);
        Map<String, float[]> actual = new HashMap<>();
        try (Tensor errors = RandomNetworks.normal(6, BATCH, CLASSES)) {
            network.parameterGradients(errors);
            for (Parameter parameter : network.trainable()) {
                actual.put(parameter.name(), parameter.gradient().toFloats());
            }

            Gradient expected = foldedGradient(errors);

            for (String convolution : actual.keySet()) {
                if (convolution.endsWith(".conv.weight")) {
                    assertConvolution(
                            convolution.substring(0, convolution.length() - ".weight".length()),
                            expected,
                            actual);
                }
            }
            INDArray dense = expected.getGradientFor("output_W").transpose();
            assertClose(
                    "output", dense.dup('c').data().asFloat(), actual.get("output.weight"), 1e-3);
        }
    }

    private Gradient foldedGradient(Tensor errors) {
        ComputationGraph folded = FoldedGraph.of(graph, weights, SIZE);
        folded.feedForward(new INDArray[] {nchw()}, true, false);
        return folded.backpropGradient(
                Nd4j.create(errors.toFloats(), new long[] {BATCH, CLASSES}, 'c'));
    }

    /**
     * dW = a·dW', dβ = db', dγ = (Σ dW'·W - μ·db')/√(σ²+ε) by the chain rule through the folding.
     */
    private void assertConvolution(String name, Gradient expected, Map<String, float[]> actual) {
        String norm = FoldedGraph.batchNormOf(name);
        float[] weight = weights.get(name + ".weight").values();
        float[] mean = weights.get(norm + ".running_mean").values();
        float[] variance = weights.get(norm + ".running_var").values();
        float[] weightGradient = expected.getGradientFor(name + "_W").dup('c').data().asFloat();
        float[] beta = expected.getGradientFor(name + "_b").dup('c').data().asFloat();
        float[] gamma = new float[beta.length];
        int each = weight.length / beta.length;
        for (int c = 0; c < beta.length; c++) {
            double sum = -mean[c] * beta[c];
            double a = FoldedGraph.scale(weights, norm, c);
            for (int i = c * each; i < (c + 1) * each; i++) {
                sum += weightGradient[i] * weight[i];
                weightGradient[i] *= (float) a;
            }
            gamma[c] = (float) (sum / Math.sqrt(variance[c] + 1e-5));
        }
        assertClose(name + " dW", weightGradient, actual.get(name + ".weight"), 1e-3);
        assertClose(norm + " dγ", gamma, actual.get(norm + ".weight"), 1e-3);
        assertClose(norm + " dβ", beta, actual.get(norm + ".bias"), 1e-3);
    }

    private INDArray nchw() {
        return Nd4j.create(Golden.nchw(images), new long[] {BATCH, 3, SIZE, SIZE}, 'c');
    }

    private static void assertClose(
            String name, float[] expected, float[] actual, double tolerance) {
        double error = Golden.distance(expected, actual);
        assertTrue(
                error <= tolerance * Golden.norm(expected),
                name + " is off by " + error + " of " + Golden.norm(expected));
    }
}
