/** Ordinary supervised training, to make a teacher where a user has none. */
package io.aktnode.nn.pretraining;
