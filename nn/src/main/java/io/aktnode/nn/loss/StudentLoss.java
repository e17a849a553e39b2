package io.aktnode.nn.loss;

import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.train.BaseMethod;
import java.util.Map;

/**
 * What a student minimises, as far as it depends on logits; the teacher's logits are constants.
 *
 * <p>Implementations keep scratch memory and so serve one thread; after the first call they
 * allocate nothing but the map they return. Arithmetic is in double precision.
 */
public interface StudentLoss {

    /** The loss of a base method with its published settings. */
    static StudentLoss of(BaseMethod method) {
        return switch (method) {
            case GDFQ -> new GdfqStudentLoss(GdfqSettings.defaults());
            case ADADFQ -> new AdaDfqStudentLoss(AdaDfqSettings.defaults());
        };
    }

    /**
     * @param studentLogits (N,classes)
     * @param teacherLogits (N,classes)
     * @param labels (N) int32
     * @param studentGradient (N,classes), overwritten with the gradient for the student's logits
     * @return the loss's parts by name, unweighted, and their weighted sum {@code total}
     */
    Map<String, Double> evaluate(
            Tensor studentLogits, Tensor teacherLogits, Tensor labels, Tensor studentGradient);
}
