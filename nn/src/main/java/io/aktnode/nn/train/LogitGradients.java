package io.aktnode.nn.train;

import io.aktnode.nn.kernel.Tensor;
import java.util.List;
import java.util.Map;

/**
 * Gradients of the generator's loss for the logits it was computed from.
 *
 * @param teacher (N,classes)
 * @param students one (N,classes) for each student; empty for a method that reads none
 * @param losses the loss's parts without BN statistics, for reports
 * @param teacherAgreement share of images whose label is the teacher's top class
 */
public record LogitGradients(
        Tensor teacher,
        List<Tensor> students,
        Map<String, Double> losses,
        double teacherAgreement) {

    public LogitGradients {
        students = List.copyOf(students);
        losses = Map.copyOf(losses);
    }
}
