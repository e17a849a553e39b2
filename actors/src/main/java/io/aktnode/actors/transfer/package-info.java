/** Files on their way to a machine that does not see the disk they lie on. */
package io.aktnode.actors.transfer;
