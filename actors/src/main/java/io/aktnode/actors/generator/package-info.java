/** The actor around the generator: the clock of a run. */
package io.aktnode.actors.generator;
