package io.aktnode.nn.generator;

import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.loss.GeneratorLoss;
import io.aktnode.nn.loss.Logits;
import io.aktnode.nn.model.FloatArray;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.optim.Adam;
import io.aktnode.nn.optim.GradientSummary;
import io.aktnode.nn.optim.Optimizer;
import io.aktnode.nn.train.GeneratorConfig;
import io.aktnode.nn.train.GeneratorRole;
import io.aktnode.nn.train.GradientReport;
import io.aktnode.nn.train.LogitGradients;
import io.aktnode.nn.train.SyntheticBatch;
import io.aktnode.nn.train.TrainingConfig;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The generator's side of a step: a {@link ConditionalGenerator}, the base method's loss, and Adam.
 *
 * <p>Noise and labels come from a stream keyed by seed, noise epoch and step, so a resumed run
 * draws what an uninterrupted one would have drawn.
 */
public final class EngineGenerator implements GeneratorRole {

    private static final String WEIGHTS = "generator/";
    private static final String MOMENTS = "adam/";
    private static final String NOISE_EPOCH = "noise_epoch";
    private static final String TOTAL = "total";

    private final long seed;
    private final GeneratorShape shape;
    private final ComputePool pool;
    private final ConditionalGenerator generator;
    private final GeneratorLoss loss;
    private final Optimizer adam;
    private final List<Flight> flights = new ArrayList<>();
    private final Deque<Flight> idle = new ArrayDeque<>();
    private final Map<Long, Flight> inFlight = new TreeMap<>();
    private int noiseEpoch;

    /** The step whose gradients are in the parameters' gradient tensors. */
    private long differentiated = -1;

    /**
     * @param shape its latent length is that of {@code config.generator()}
     * @param window steps that may be in flight at once
     */
    public EngineGenerator(
            TrainingConfig config, GeneratorShape shape, int window, ComputePool pool) {
        GeneratorConfig settings = config.generator();
        if (shape.latent() != settings.latent()) {
            throw new IllegalArgumentException(
                    "generator latent="
                            + shape.latent()
                            + " of the shape differs from latent="
                            + settings.latent()
                            + " of the configuration");
        }
        this.seed = config.seed();
        this.shape = shape;
        this.pool = pool;
        this.loss = GeneratorLoss.of(config.method().base());
        this.generator =
                new ConditionalGenerator(
                        shape, config.batchSize(), config.shards(), window, pool, seed);
        this.adam =
                new Adam(
                        generator.parameters(),
                        settings.learningRate(),
                        settings.beta1(),
                        settings.beta2(),
                        pool);
        for (GeneratorPass pass : generator.passes()) {
            flights.add(new Flight(pass, config.batchSize(), shape.classes()));
        }
        idle.addAll(flights);
    }

    /** Factor of the BN-statistics loss, whose gradient the teacher adds. */
    public double bnStatisticsWeight() {
        return loss.bnStatisticsWeight();
    }

    @Override
    public SyntheticBatch generate(long step) {
        if (inFlight.containsKey(step) || idle.isEmpty()) {
            throw new IllegalStateException(
                    "step "
                            + step
                            + " cannot start, in flight are "
                            + inFlight.keySet()
                            + " of window="
                            + flights.size());
        }
        Flight flight = idle.remove();
        inFlight.put(step, flight);
        flight.losses = null;
        GeneratorPass pass = flight.pass;
        draw(step, pass.noise(), pass.labels());
        return new SyntheticBatch(pass.forward(), pass.labels());
    }

    private void draw(long step, Tensor noise, Tensor labels) {
        RandomStream random = new RandomStream(seed, noiseEpoch, step);
        for (int i = 0; i < labels.length(); i++) {
            labels.setInt(i, random.below(shape.classes()));
        }
        for (int i = 0; i < noise.length(); i++) {
            noise.set(i, (float) random.normal());
        }
    }

    @Override
    public LogitGradients logitGradients(
            long step, Tensor teacherLogits, List<Tensor> studentLogits) {
        Flight flight = flight(step);
        Tensor labels = flight.pass.labels();
        List<Tensor> students = flight.studentGradients(studentLogits.size());
        flight.losses =
                loss.evaluate(
                        teacherLogits, studentLogits, labels, flight.teacherGradient, students);
        return new LogitGradients(
                flight.teacherGradient,
                students,
                flight.losses,
                Logits.agreement(teacherLogits, labels));
    }

    @Override
    public GradientReport gradients(long step, List<Tensor> inputGradients, double bnStatistics) {
        Flight flight = flight(step);
        if (flight.losses == null) {
            throw new IllegalStateException(
                    "step " + step + " has no logit gradients yet, so no gradients either");
        }
        differentiated = step;
        flight.pass.backward(inputGradients);
        Map<String, Double> losses = new HashMap<>(flight.losses);
        losses.put("bn_statistics", bnStatistics);
        losses.merge(TOTAL, loss.bnStatisticsWeight() * bnStatistics, Double::sum);
        GradientSummary summary = GradientSummary.of(generator.parameters(), pool);
        return new GradientReport(losses, summary.norm(), summary.largest(), summary.nonFinite());
    }

    @Override
    public double apply(long step, double scale, double learningRateFactor) {
        Flight flight = flight(step);
        if (differentiated != step) {
            throw new IllegalStateException(
                    "step "
                            + step
                            + " cannot be applied, the gradients at hand are of step "
                            + differentiated);
        }
        double ratio = adam.step(scale, learningRateFactor);
        land(step, flight);
        return ratio;
    }

    /** Does nothing when the step is not in flight, as after a {@link #restore}. */
    @Override
    public void discard(long step) {
        Flight flight = inFlight.get(step);
        if (flight != null) {
            land(step, flight);
        }
    }

    private void land(long step, Flight flight) {
        inFlight.remove(step);
        idle.add(flight);
        if (differentiated == step) {
            differentiated = -1;
        }
    }

    private Flight flight(long step) {
        Flight flight = inFlight.get(step);
        if (flight == null) {
            throw new IllegalStateException(
                    "step " + step + " is not in flight, but " + inFlight.keySet());
        }
        return flight;
    }

    @Override
    public StateDict save() {
        if (!inFlight.isEmpty()) {
            throw new IllegalStateException(
                    "steps "
                            + inFlight.keySet()
                            + " are in flight; apply or discard them before saving");
        }
        return new StateDict()
                .putAll(WEIGHTS, generator.save())
                .putAll(MOMENTS, adam.save())
                .put(NOISE_EPOCH, FloatArray.scalar(noiseEpoch));
    }

    @Override
    public void restore(StateDict state) {
        generator.restore(state.sub(WEIGHTS));
        adam.restore(state.sub(MOMENTS));
        noiseEpoch = (int) state.get(NOISE_EPOCH).values()[0];
        List.copyOf(inFlight.keySet()).forEach(this::discard);
    }

    @Override
    public void noiseEpoch(int epoch) {
        noiseEpoch = epoch;
    }

    @Override
    public void close() {
        adam.close();
        generator.close();
        flights.forEach(Flight::close);
    }

    /** One step between generate and apply or discard. */
    private static final class Flight {
        private final GeneratorPass pass;
        private final Tensor teacherGradient;
        private final List<Tensor> studentGradients = new ArrayList<>();

        /** Of this step's logits; null before they came. */
        private Map<String, Double> losses;

        Flight(GeneratorPass pass, int batch, int classes) {
            this.pass = pass;
            this.teacherGradient = Tensor.allocate(batch, classes);
        }

        /** As many as there are students; allocated when their number first shows. */
        List<Tensor> studentGradients(int count) {
            while (studentGradients.size() < count) {
                studentGradients.add(Tensor.allocate(teacherGradient.shape()));
            }
            return List.copyOf(studentGradients.subList(0, count));
        }

        void close() {
            teacherGradient.close();
            studentGradients.forEach(Tensor::close);
        }
    }
}
