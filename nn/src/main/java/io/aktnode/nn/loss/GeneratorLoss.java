package io.aktnode.nn.loss;

import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.train.BaseMethod;
import java.util.List;
import java.util.Map;

/**
 * What a generator minimises, as far as it depends on logits; the BN-statistics term is the
 * teacher's, weighted by {@link #bnStatisticsWeight}.
 *
 * <p>Implementations keep scratch memory and so serve one thread; after the first call they
 * allocate nothing but the map they return. Arithmetic is in double precision.
 */
public interface GeneratorLoss {

    /** The loss of a base method with its published settings. */
    static GeneratorLoss of(BaseMethod method) {
        return switch (method) {
            case GDFQ -> new GdfqGeneratorLoss(GdfqSettings.defaults());
            case ADADFQ -> new AdaDfqGeneratorLoss(AdaDfqSettings.defaults());
        };
    }

    /** Whether {@link #evaluate} wants the students' logits. */
    boolean readsStudents();

    /** Factor of the BN-statistics loss in the total. */
    double bnStatisticsWeight();

    /**
     * @param teacherLogits (N,classes)
     * @param studentLogits one (N,classes) for each student, whose terms are averaged; empty when
     *     the loss reads none
     * @param labels (N) int32
     * @param teacherGradient (N,classes), overwritten with the gradient for the teacher's logits
     * @param studentGradients as {@code studentLogits}, overwritten
     * @return the loss's parts by name, unweighted, and their weighted sum {@code total}
     */
    Map<String, Double> evaluate(
            Tensor teacherLogits,
            List<Tensor> studentLogits,
            Tensor labels,
            Tensor teacherGradient,
            List<Tensor> studentGradients);
}
