/**
 * Readers of bytes from outside, fed a million damaged inputs each: they answer or refuse, soon and
 * within bounds.
 */
package io.aktnode.fuzz;
