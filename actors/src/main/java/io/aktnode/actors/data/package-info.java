/** The roles' ends of the data plane: frames out of and into native tensors. */
package io.aktnode.actors.data;
