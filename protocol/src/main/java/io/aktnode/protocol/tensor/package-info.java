/** Moves frames of tensors between roles over Aeron, from one role's memory into another's. */
package io.aktnode.protocol.tensor;
