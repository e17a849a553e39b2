package io.aktnode.nn.train;

/** The generator's latent size and its Adam optimizer. */
public record GeneratorConfig(int latent, double learningRate, double beta1, double beta2) {

    public GeneratorConfig {
        Checks.between("latent", latent, 1, 4096);
        Checks.positive("generator learning-rate", learningRate);
        Checks.fraction("generator beta1", beta1);
        Checks.fraction("generator beta2", beta2);
    }

    public static GeneratorConfig defaults() {
        return new GeneratorConfig(100, 1e-3, 0.5, 0.999);
    }
}
