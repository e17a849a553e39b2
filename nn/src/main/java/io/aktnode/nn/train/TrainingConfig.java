package io.aktnode.nn.train;

/**
 * Everything that determines the numbers of a run: two runs with the same configuration, teacher
 * and instruction set give the same bits, whatever the number of cores.
 *
 * @param method base method and AKT switch
 * @param quantization the student's bit widths
 * @param schedule length, calibration, learning-rate decay
 * @param student SGD with Nesterov momentum
 * @param generator latent size and Adam
 * @param batchSize synthetic images in a batch
 * @param shards parts into which every batch is cut; sums over parts are taken in order
 * @param seed of the generator's first weights, noise and labels
 */
public record TrainingConfig(
        MethodConfig method,
        QuantizationConfig quantization,
        Schedule schedule,
        StudentOptimizerConfig student,
        GeneratorConfig generator,
        int batchSize,
        int shards,
        long seed) {

    /**
     * Enough for the cores of a small server, few enough that a shard of a batch of 16 holds 4
     * images.
     */
    public static final int DEFAULT_SHARDS = 4;

    public TrainingConfig {
        Checks.between("batch", batchSize, 2, 4096);
        Checks.between("shards", shards, 1, batchSize);
    }

    public static TrainingConfig of(
            MethodConfig method, QuantizationConfig quantization, Schedule schedule) {
        return new TrainingConfig(
                method,
                quantization,
                schedule,
                StudentOptimizerConfig.defaults(),
                GeneratorConfig.defaults(),
                16,
                DEFAULT_SHARDS,
                1);
    }

    /** The same run for a student of other bit widths. */
    public TrainingConfig withQuantization(QuantizationConfig newQuantization) {
        return new TrainingConfig(
                method, newQuantization, schedule, student, generator, batchSize, shards, seed);
    }

    public TrainingConfig withSeed(long newSeed) {
        return new TrainingConfig(
                method, quantization, schedule, student, generator, batchSize, shards, newSeed);
    }

    /** With another batch size; there are never more shards than images. */
    public TrainingConfig withBatchSize(int newBatchSize) {
        return new TrainingConfig(
                method,
                quantization,
                schedule,
                student,
                generator,
                newBatchSize,
                Math.min(shards, newBatchSize),
                seed);
    }
}
