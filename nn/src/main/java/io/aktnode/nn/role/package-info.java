/** The roles of a training step on the fused engine. */
package io.aktnode.nn.role;
