package io.aktnode.actors.run;

/**
 * Accuracy of a student on held-out images after an epoch.
 *
 * @param student its id, from 0
 * @param epoch finished epochs; the first evaluation comes when calibration has ended
 * @param step finished steps
 * @param top1 percent
 */
public record Evaluation(int student, int epoch, long step, double top1) {}
