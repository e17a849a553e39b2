/**
 * Compiles a DL4J graph into a short list of fused nodes and runs them over preallocated memory.
 */
package io.aktnode.nn.engine;
