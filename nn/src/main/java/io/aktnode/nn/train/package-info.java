/** Configuration of a run, the roles' sides of a training step, and the plain loop. */
package io.aktnode.nn.train;
