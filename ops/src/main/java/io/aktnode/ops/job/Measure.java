package io.aktnode.ops.job;

import io.aktnode.nn.data.ImageSet;
import io.aktnode.nn.engine.Network;
import io.aktnode.nn.engine.NetworkMode;
import io.aktnode.nn.engine.NetworkSettings;
import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.role.Evaluator;
import io.aktnode.nn.train.QuantizationConfig;
import io.aktnode.ops.config.SettingsException;
import java.util.Optional;

/** Top-1 accuracies of models on labelled images, in percent. One thread. */
public final class Measure {

    private static final int BATCH = 100;

    private final ComputePool pool;
    private final ImageSet images;

    public Measure(ComputePool pool, ImageSet images) {
        this.pool = pool;
        this.images = images;
    }

    /**
     * Of a model as it is, float or quantized.
     *
     * @throws SettingsException for a quantized one without all activation ranges
     */
    public double top1(Model model) {
        try (Network network = compile(model, model.quantization())) {
            network.activationWithoutRange()
                    .ifPresent(
                            activation -> {
                                throw new SettingsException(
                                        model.name()
                                                + " says that it is quantized, but holds no range of"
                                                + " its activation "
                                                + activation
                                                + "; give a student's file as it was written");
                            });
            return Evaluator.top1(network, images, model.normalization());
        }
    }

    /**
     * Of a float model whose weights and activations are merely rounded. The activation ranges are
     * taken from these very images, which flatters it: nobody without data could have them.
     */
    public double naiveTop1(Model model, QuantizationConfig quantization) {
        try (Network network = compile(model, Optional.of(quantization))) {
            int each = images.height() * images.width() * 3;
            int batch = network.batchSize();
            float[] pixels = new float[batch * each];
            try (Tensor input = Tensor.allocate(batch, images.height(), images.width(), 3)) {
                for (int from = 0; from + batch <= images.size(); from += batch) {
                    for (int i = 0; i < batch; i++) {
                        images.normalised(from + i, model.normalization(), pixels, i * each);
                    }
                    input.set(pixels);
                    network.calibrate(input);
                }
            }
            return Evaluator.top1(network, images, model.normalization());
        }
    }

    private Network compile(Model model, Optional<QuantizationConfig> quantization) {
        int batch = Math.min(BATCH, images.size());
        Network network =
                Network.compile(
                        model.architecture().graph(0),
                        new NetworkSettings(
                                model.architecture().size(),
                                batch,
                                Math.min(pool.size(), batch),
                                NetworkMode.INFERENCE,
                                quantization),
                        pool);
        network.load(model.weights());
        return network;
    }
}
