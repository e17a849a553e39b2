/** The class-conditional generator of synthetic images and its side of a training step. */
package io.aktnode.nn.generator;
