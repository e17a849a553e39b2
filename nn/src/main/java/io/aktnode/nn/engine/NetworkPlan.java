package io.aktnode.nn.engine;

import io.aktnode.nn.engine.PlanNode.ConvolutionUnit;
import io.aktnode.nn.engine.PlanNode.Dense;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a network computes: fused nodes in an order in which every node comes after those it reads;
 * the last one gives the logits. Immutable.
 *
 * @param height of the images
 * @param width of the images
 * @param channels of the images
 * @param nodes in order of execution
 */
record NetworkPlan(int height, int width, int channels, List<PlanNode> nodes) {

    /** The input index that stands for the images. */
    static final int IMAGES = -1;

    /** The skip index of a node without residual add. */
    static final int NONE = -2;

    NetworkPlan {
        nodes = List.copyOf(nodes);
    }

    int classes() {
        return nodes.get(nodes.size() - 1).channels();
    }

    /** Whether a node's value is the input of the node after it and read by no other. */
    boolean readByNextAlone(int index) {
        for (int i = 0; i < nodes.size(); i++) {
            boolean input = nodes.get(i).input() == index;
            boolean skip = nodes.get(i) instanceof ConvolutionUnit unit && unit.skip() == index;
            if (skip || input && i != index + 1) {
                return false;
            }
        }
        return index + 1 < nodes.size() && nodes.get(index + 1).input() == index;
    }

    /** Indexes of the nodes whose value before the add is a tap, in order. */
    List<Integer> taps() {
        List<Integer> taps = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            if (nodes.get(i) instanceof ConvolutionUnit unit && unit.residual()) {
                taps.add(i);
            }
        }
        return taps;
    }

    /** Names and shapes of everything a state dictionary of this network holds, in order. */
    Map<String, int[]> parameterShapes() {
        Map<String, int[]> shapes = new LinkedHashMap<>();
        for (PlanNode node : nodes) {
            if (node instanceof ConvolutionUnit unit) {
                int[] perChannel = {unit.channels()};
                shapes.put(unit.convolution() + ".weight", unit.shape().weightShape());
                shapes.put(unit.batchNorm() + ".weight", perChannel);
                shapes.put(unit.batchNorm() + ".bias", perChannel);
                shapes.put(unit.batchNorm() + ".running_mean", perChannel);
                shapes.put(unit.batchNorm() + ".running_var", perChannel);
            } else if (node instanceof Dense dense) {
                shapes.put(dense.name() + ".weight", new int[] {dense.channels(), dense.inputs()});
                shapes.put(dense.name() + ".bias", new int[] {dense.channels()});
            }
        }
        return shapes;
    }

    /** Multiply-adds of a forward pass over one image. */
    long multiplyAdds() {
        long sum = 0;
        for (PlanNode node : nodes) {
            if (node instanceof ConvolutionUnit unit) {
                sum += unit.shape().multiplyAdds();
            } else if (node instanceof Dense dense) {
                sum += (long) dense.inputs() * dense.channels();
            }
        }
        return sum;
    }
}
