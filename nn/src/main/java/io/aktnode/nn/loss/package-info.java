/** The losses on logits of the zero-shot quantization methods, with analytic gradients. */
package io.aktnode.nn.loss;
