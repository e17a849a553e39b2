package io.aktnode.nn.train;

/** SGD with Nesterov momentum and weight decay, as PyTorch's {@code SGD(nesterov=True)}. */
public record StudentOptimizerConfig(double learningRate, double momentum, double weightDecay) {

    public StudentOptimizerConfig {
        Checks.positive("student learning-rate", learningRate);
        Checks.fraction("student momentum", momentum);
        Checks.notNegative("student weight-decay", weightDecay);
    }

    public static StudentOptimizerConfig defaults() {
        return new StudentOptimizerConfig(1e-4, 0.9, 1e-4);
    }
}
