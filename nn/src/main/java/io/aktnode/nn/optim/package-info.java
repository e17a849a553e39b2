/** Optimizers over native parameters, and what the supervisor wants to know of gradients. */
package io.aktnode.nn.optim;
