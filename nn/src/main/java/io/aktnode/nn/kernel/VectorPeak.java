package io.aktnode.nn.kernel;

import static io.aktnode.nn.kernel.VectorMemory.LANES;
import static io.aktnode.nn.kernel.VectorMemory.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Chains of fused multiply-adds in SIMD registers: enough of them to cover the latency of two
 * multipliers, few enough for 16 registers.
 */
final class VectorPeak implements MachinePeak.Loop {

    private static final int CHAINS = 12;

    /** The chains converge to a constant, so that no denormal slows them down. */
    private static final float FACTOR = 0.5f;

    @Override
    public int flops() {
        return 2 * LANES * CHAINS;
    }

    @Override
    public String description() {
        return "multiply-adds in registers, " + LANES + " lanes (Vector API)";
    }

    @Override
    public float run(int iterations) {
        FloatVector factor = FloatVector.broadcast(SPECIES, FACTOR);
        FloatVector a = FloatVector.broadcast(SPECIES, 1);
        FloatVector b = FloatVector.broadcast(SPECIES, 2);
        FloatVector c = FloatVector.broadcast(SPECIES, 3);
        FloatVector d = FloatVector.broadcast(SPECIES, 4);
        FloatVector e = FloatVector.broadcast(SPECIES, 5);
        FloatVector f = FloatVector.broadcast(SPECIES, 6);
        FloatVector g = FloatVector.broadcast(SPECIES, 7);
        FloatVector h = FloatVector.broadcast(SPECIES, 8);
        FloatVector i = FloatVector.broadcast(SPECIES, 9);
        FloatVector j = FloatVector.broadcast(SPECIES, 10);
        FloatVector k = FloatVector.broadcast(SPECIES, 11);
        FloatVector l = FloatVector.broadcast(SPECIES, 12);
        for (int n = 0; n < iterations; n++) {
            a = a.fma(factor, factor);
            b = b.fma(factor, factor);
            c = c.fma(factor, factor);
            d = d.fma(factor, factor);
            e = e.fma(factor, factor);
            f = f.fma(factor, factor);
            g = g.fma(factor, factor);
            h = h.fma(factor, factor);
            i = i.fma(factor, factor);
            j = j.fma(factor, factor);
            k = k.fma(factor, factor);
            l = l.fma(factor, factor);
        }
        FloatVector low = a.add(b).add(c).add(d).add(e).add(f);
        FloatVector high = g.add(h).add(i).add(j).add(k).add(l);
        return low.add(high).reduceLanes(VectorOperators.ADD);
    }
}
