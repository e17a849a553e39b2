package io.aktnode.actors.run;

/**
 * Accuracy of the student on held-out images after an epoch.
 *
 * @param epoch finished epochs; the first evaluation comes when calibration has ended
 * @param step finished steps
 * @param top1 percent
 */
public record Evaluation(int epoch, long step, double top1) {}
