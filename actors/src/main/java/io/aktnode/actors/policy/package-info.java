/** Detectors and cures as plain classes: what is healthy, what is not, what is done about it. */
package io.aktnode.actors.policy;
