package io.aktnode.nn.kernel;

/** The optimizers' passes in plain Java, and the ends of ranges that fill no SIMD register. */
final class PlainOptimizerKernels implements OptimizerKernels {

    @Override
    public void sgdNesterov(
            Tensor w, Tensor g, Tensor v, int from, int to, SgdStep step, double[] sums, int at) {
        double changes = 0;
        double weights = 0;
        for (int i = from; i < to; i++) {
            float weight = w.get(i);
            float gradient = step.scale() * g.get(i) + step.weightDecay() * weight;
            float velocity = step.momentum() * v.get(i) + gradient;
            float change = step.rate() * (gradient + step.momentum() * velocity);
            v.set(i, velocity);
            w.set(i, weight - change);
            changes += (double) change * change;
            weights += (double) weight * weight;
        }
        sums[at] = changes;
        sums[at + 1] = weights;
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
        double changes = 0;
        double weights = 0;
        for (int i = from; i < to; i++) {
            float weight = w.get(i);
            float gradient = step.scale() * g.get(i);
            float first = step.keptFirst() * m.get(i) + step.newFirst() * gradient;
            float second = step.keptSecond() * v.get(i) + step.newSecond() * gradient * gradient;
            float denominator = (float) Math.sqrt(second) / step.root() + step.epsilon();
            float change = step.rate() * first / denominator;
            m.set(i, first);
            v.set(i, second);
            w.set(i, weight - change);
            changes += (double) change * change;
            weights += (double) weight * weight;
        }
        sums[at] = changes;
        sums[at + 1] = weights;
    }

    @Override
    public void statistics(Tensor g, int from, int to, double[] sums, int at) {
        double squares = 0;
        float largest = 0;
        int nonFinite = 0;
        for (int i = from; i < to; i++) {
            float absolute = Math.abs(g.get(i));
            squares += (double) absolute * absolute;
            if (absolute > largest) {
                largest = absolute;
            }
            if (!(absolute <= Float.MAX_VALUE)) {
                nonFinite++;
            }
        }
        sums[at] = squares;
        sums[at + 1] = largest;
        sums[at + 2] = nonFinite;
    }
}
