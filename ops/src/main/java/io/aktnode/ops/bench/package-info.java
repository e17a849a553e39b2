/** Measures the system on this machine: steps by role and phase, transport, cost as work grows. */
package io.aktnode.ops.bench;
