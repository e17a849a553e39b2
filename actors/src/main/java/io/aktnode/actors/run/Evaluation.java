package io.aktnode.actors.run;

/** Accuracy of the student on held-out images after an epoch, in percent. */
public record Evaluation(int epoch, long step, double top1) {}
