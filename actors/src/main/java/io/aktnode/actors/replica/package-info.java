/** Copies of a run's checkpoints on other machines' disks, from where a standby goes on. */
package io.aktnode.actors.replica;
