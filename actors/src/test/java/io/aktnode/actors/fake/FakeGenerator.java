package io.aktnode.actors.fake;

import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.model.FloatArray;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.train.GeneratorRole;
import io.aktnode.nn.train.GradientReport;
import io.aktnode.nn.train.LogitGradients;
import io.aktnode.nn.train.SyntheticBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Images are a learned base plus noise; the loss pulls the teacher's logits to the labels and
 * pushes the student's away. Small real arithmetic: every number depends on all that came before.
 */
public final class FakeGenerator implements GeneratorRole {

    /** Squares of weights that never move: those that do are few, and near zero. */
    private static final double FROZEN = 1e6;

    public static final int BATCH = 4;
    public static final int SIDE = 2;
    public static final int PIXELS = SIDE * SIDE;
    public static final int CLASSES = 3;

    private static final class Flight {
        final Tensor images = Tensor.allocate(BATCH, SIDE, SIDE, 1);
        final Tensor labels = Tensor.allocateInts(BATCH);
        final Tensor teacher = Tensor.allocate(BATCH, CLASSES);
        final List<Tensor> students = new ArrayList<>();
        final float[] gradient = new float[PIXELS];
        final float[] weights;

        Flight(float[] weights) {
            this.weights = weights.clone();
        }

        void close() {
            images.close();
            labels.close();
            teacher.close();
            students.forEach(Tensor::close);
        }
    }

    private final long seed;
    private final boolean readsStudents;
    private final TreeMap<Long, Flight> flights = new TreeMap<>();
    private float[] weights = {0.5f, -0.25f, 0.125f, 1f};
    private float[] moments = new float[PIXELS];
    private int noiseEpoch;
    private boolean closed;

    public FakeGenerator(long seed, boolean readsStudents) {
        this.seed = seed;
        this.readsStudents = readsStudents;
    }

    @Override
    public SyntheticBatch generate(long step) {
        Flight flight = new Flight(weights);
        if (flights.put(step, flight) != null) {
            throw new IllegalStateException("step " + step + " is drawn twice");
        }
        SplittableRandom random =
                new SplittableRandom(seed * 1_000_003 + noiseEpoch * 7919L + step);
        for (int i = 0; i < BATCH; i++) {
            flight.labels.setInt(i, random.nextInt(CLASSES));
            for (int p = 0; p < PIXELS; p++) {
                flight.images.set(i * PIXELS + p, weights[p] + (float) random.nextDouble(-1, 1));
            }
        }
        return new SyntheticBatch(flight.images, flight.labels);
    }

    @Override
    public LogitGradients logitGradients(
            long step, Tensor teacherLogits, List<Tensor> studentLogits) {
        if (readsStudents == studentLogits.isEmpty()) {
            throw new IllegalArgumentException(studentLogits.size() + " students were given");
        }
        Flight flight = flight(step);
        double loss = 0;
        int agreeing = 0;
        for (int i = 0; i < BATCH; i++) {
            int label = flight.labels.getInt(i);
            int top = 0;
            for (int c = 0; c < CLASSES; c++) {
                float difference = teacherLogits.get(i * CLASSES + c) - (c == label ? 1f : 0f);
                flight.teacher.set(i * CLASSES + c, difference / BATCH);
                loss += difference * difference / BATCH;
                top =
                        teacherLogits.get(i * CLASSES + c) > teacherLogits.get(i * CLASSES + top)
                                ? c
                                : top;
            }
            agreeing += top == label ? 1 : 0;
        }
        for (Tensor logits : studentLogits) {
            Tensor gradient = Tensor.allocate(BATCH, CLASSES);
            for (int j = 0; j < logits.length(); j++) {
                gradient.set(j, -0.1f * logits.get(j) / BATCH / studentLogits.size());
            }
            flight.students.add(gradient);
        }
        return new LogitGradients(
                flight.teacher, flight.students, Map.of("fit", loss), (double) agreeing / BATCH);
    }

    @Override
    public GradientReport gradients(long step, List<Tensor> inputGradients, double bnStatistics) {
        Flight flight = flight(step);
        double squares = 0;
        double largest = 0;
        long nonFinite = 0;
        for (int p = 0; p < PIXELS; p++) {
            float sum = 0;
            for (Tensor gradient : inputGradients) {
                for (int i = 0; i < BATCH; i++) {
                    sum += gradient.get(i * PIXELS + p);
                }
            }
            flight.gradient[p] = sum;
            squares += (double) sum * sum;
            largest = Math.max(largest, Math.abs(sum));
            nonFinite += Float.isFinite(sum) ? 0 : 1;
        }
        return new GradientReport(
                Map.of("total", squares + bnStatistics, "bn_statistics", bnStatistics),
                Math.sqrt(squares),
                largest,
                nonFinite);
    }

    @Override
    public double apply(long step, double scale, double learningRateFactor) {
        Flight flight = flight(step);
        double update = 0;
        double norm = FROZEN;
        for (int p = 0; p < PIXELS; p++) {
            moments[p] = 0.5f * moments[p] + (float) (scale * flight.gradient[p]);
            float change = (float) (0.05 * learningRateFactor) * moments[p];
            norm += (double) weights[p] * weights[p];
            weights[p] -= change;
            update += (double) change * change;
        }
        discard(step);
        return Math.sqrt(update / norm);
    }

    @Override
    public void discard(long step) {
        flight(step).close();
        flights.remove(step);
    }

    private Flight flight(long step) {
        Flight flight = flights.get(step);
        if (flight == null) {
            throw new IllegalStateException(
                    "step " + step + " is not in flight; in flight are " + flights.keySet());
        }
        return flight;
    }

    @Override
    public StateDict save() {
        if (!flights.isEmpty()) {
            throw new IllegalStateException("steps " + flights.keySet() + " are in flight");
        }
        return new StateDict()
                .put("weights", FloatArray.vector(weights.clone()))
                .put("moments", FloatArray.vector(moments.clone()))
                .put("noise_epoch", FloatArray.scalar(noiseEpoch));
    }

    @Override
    public void restore(StateDict state) {
        flights.values().forEach(Flight::close);
        flights.clear();
        weights = state.get("weights").values().clone();
        moments = state.get("moments").values().clone();
        noiseEpoch = (int) state.get("noise_epoch").values()[0];
    }

    @Override
    public void noiseEpoch(int epoch) {
        noiseEpoch = epoch;
    }

    @Override
    public void close() {
        if (closed) {
            throw new IllegalStateException("closed twice");
        }
        closed = true;
        flights.values().forEach(Flight::close);
        flights.clear();
    }
}
