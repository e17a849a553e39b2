/** Channel and spatial attention of taps, and AKT's refined feature distillation on them. */
package io.aktnode.nn.attention;
