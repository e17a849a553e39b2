/** Checkpoints of a run: complete directories with hashed files, and which of them are kept. */
package io.aktnode.actors.checkpoint;
