/** Fake quantization of weights and activations to 2-8 bits, and the ranges it is given. */
package io.aktnode.nn.quantizer;
