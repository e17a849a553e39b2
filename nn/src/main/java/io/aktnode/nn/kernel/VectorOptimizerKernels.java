package io.aktnode.nn.kernel;

import static io.aktnode.nn.kernel.VectorMemory.LANES;
import static io.aktnode.nn.kernel.VectorMemory.SPECIES;
import static io.aktnode.nn.kernel.VectorMemory.load;
import static io.aktnode.nn.kernel.VectorMemory.of;
import static io.aktnode.nn.kernel.VectorMemory.store;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The optimizers' passes on the Vector API. */
final class VectorOptimizerKernels implements OptimizerKernels {

    private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;

    @Override
    public void sgdNesterov(
            Tensor w, Tensor g, Tensor v, int from, int to, SgdStep step, double[] sums, int at) {
        Object weights = of(w);
        Object gradients = of(g);
        Object velocities = of(v);
        DoubleVector changed = DoubleVector.zero(DOUBLES);
        DoubleVector before = DoubleVector.zero(DOUBLES);
        int end = from + SPECIES.loopBound(to - from);
        for (int i = from; i < end; i += LANES) {
            FloatVector weight = load(weights, i);
            FloatVector gradient =
                    load(gradients, i).mul(step.scale()).add(weight.mul(step.weightDecay()));
            FloatVector velocity = load(velocities, i).mul(step.momentum()).add(gradient);
            FloatVector change = gradient.add(velocity.mul(step.momentum())).mul(step.rate());
            store(velocity, velocities, i);
            store(weight.sub(change), weights, i);
            changed = addSquares(change, changed);
            before = addSquares(weight, before);
        }
        OptimizerKernels.plain().sgdNesterov(w, g, v, end, to, step, sums, at);
        sums[at] += VectorLaneSums.of(changed);
        sums[at + 1] += VectorLaneSums.of(before);
    }

    @Override
    public void adam(
            Tensor w,
            Tensor g,
            Tensor m,
            Tensor v,
            int from,
            int to,
            AdamStep step,
            double[] sums,
            int at) {
        Object weights = of(w);
        Object gradients = of(g);
        Object firsts = of(m);
        Object seconds = of(v);
        DoubleVector changed = DoubleVector.zero(DOUBLES);
        DoubleVector before = DoubleVector.zero(DOUBLES);
        int end = from + SPECIES.loopBound(to - from);
        for (int i = from; i < end; i += LANES) {
            FloatVector weight = load(weights, i);
            FloatVector gradient = load(gradients, i).mul(step.scale());
            FloatVector first =
                    load(firsts, i).mul(step.keptFirst()).add(gradient.mul(step.newFirst()));
            FloatVector second =
                    load(seconds, i)
                            .mul(step.keptSecond())
                            .add(gradient.mul(step.newSecond()).mul(gradient));
            FloatVector denominator = second.sqrt().div(step.root()).add(step.epsilon());
            FloatVector change = first.mul(step.rate()).div(denominator);
            store(first, firsts, i);
            store(second, seconds, i);
            store(weight.sub(change), weights, i);
            changed = addSquares(change, changed);
            before = addSquares(weight, before);
        }
        OptimizerKernels.plain().adam(w, g, m, v, end, to, step, sums, at);
        sums[at] += VectorLaneSums.of(changed);
        sums[at + 1] += VectorLaneSums.of(before);
    }

    @Override
    public void statistics(Tensor g, int from, int to, double[] sums, int at) {
        Object gradients = of(g);
        DoubleVector squares = DoubleVector.zero(DOUBLES);
        FloatVector largest = FloatVector.zero(SPECIES);
        int end = from + SPECIES.loopBound(to - from);
        for (int i = from; i < end; i += LANES) {
            FloatVector absolute = load(gradients, i).abs();
            squares = addSquares(absolute, squares);
            largest = largest.max(absolute);
        }
        double sum = VectorLaneSums.of(squares);
        // The square of a finite float is finite in double: only then is there something to count.
        if (!Double.isFinite(sum)) {
            OptimizerKernels.plain().statistics(g, from, to, sums, at);
            return;
        }
        OptimizerKernels.plain().statistics(g, end, to, sums, at);
        sums[at] += sum;
        sums[at + 1] = Math.max(sums[at + 1], largest.reduceLanes(VectorOperators.MAX));
    }

    private static DoubleVector addSquares(FloatVector v, DoubleVector sum) {
        DoubleVector low = (DoubleVector) v.convertShape(VectorOperators.F2D, DOUBLES, 0);
        DoubleVector high = (DoubleVector) v.convertShape(VectorOperators.F2D, DOUBLES, 1);
        return sum.add(low.mul(low)).add(high.mul(high));
    }
}
