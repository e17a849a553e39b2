package io.aktnode.actors.run;

/**
 * Why one of several students was put aside while the others went on.
 *
 * @param step at which it was
 * @param reason what could not be cured, with the figures
 */
public record Quarantined(long step, String reason) {}
